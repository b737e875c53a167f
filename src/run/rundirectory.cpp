#include "run/rundirectory.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("RunDirectory", text); }

int openLock(const QString &directory, int flags)
{
    const QByteArray name = QFile::encodeName(directory + u"/lock"_s);
    return ::open(name.constData(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
}

/// A directory is writable when a file can be made in it; permission bits say nothing about root,
/// quotas and read-only mounts. The file holds a block, so that a full disk is found too.
Result<void> proveWritable(const QString &directory)
{
    const QString hint =
        tr("Choose another place with --output-dir or --run-dir, or make room and give yourself "
           "write permission.");
    if (!QDir().mkpath(directory)) {
        return Unexpected(
            Error{.code = ErrorCode::BadInput,
                  .message = tr("the directory cannot be made: %1.").arg(qt_error_string(errno)),
                  .where = directory,
                  .hint = hint});
    }
    QTemporaryFile probe(directory + u"/.lowtide-XXXXXX"_s);
    const bool isWritten =
        probe.open() && probe.write(QByteArray(4096, ' ')) == 4096 && probe.flush();
    if (!isWritten) {
        return Unexpected(
            Error{.code = ErrorCode::BadInput,
                  .message = tr("the directory cannot be written: %1.").arg(probe.errorString()),
                  .where = directory,
                  .hint = hint});
    }
    return {};
}

/// The first of run_STAMP, run_STAMP_2, ... that is not there yet.
QString freeRunDirectory(const QString &results, const QString &stamp)
{
    QString path = results + u"/run_"_s + stamp;
    for (int n = 2; QFileInfo::exists(path); ++n)
        path = results + u"/run_%1_%2"_s.arg(stamp).arg(n);
    return path;
}

} // namespace

RunDirectory::RunDirectory(QString output, QString path, QString runId, int lock)
    : m_output(std::move(output))
    , m_path(std::move(path))
    , m_runId(std::move(runId))
    , m_lock(lock)
{
}

RunDirectory::~RunDirectory() { ::close(m_lock); }

Result<std::unique_ptr<RunDirectory>, Errors> RunDirectory::create(const Location &location)
{
    const QString output = QDir::cleanPath(location.outputDirectory);
    const QString results = output + u"/stress_test_results"_s;
    const QString stamp = location.startedAt.toUTC().toString(u"yyyyMMdd_HHmmss"_s);
    const QString path = location.runDirectory.isEmpty() ? freeRunDirectory(results, stamp)
                                                         : QDir::cleanPath(location.runDirectory);
    Errors errors;
    for (const QString &directory : {output, results, path}) {
        const bool isInRefused =
            !errors.isEmpty() && directory.startsWith(errors.constLast().where + u'/');
        if (isInRefused)
            continue; // of the same cause
        if (const Result<void> writable = proveWritable(directory); !writable)
            errors.append(writable.error());
    }
    if (!errors.isEmpty())
        return Unexpected(errors);

    const int lock = openLock(path, O_RDWR | O_CREAT);
    if (lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (lock >= 0)
            ::close(lock);
        return Unexpected(Errors{{.code = ErrorCode::Io,
                                  .message = tr("another run is at work in this directory."),
                                  .where = path,
                                  .hint = tr("Wait for it to end, or choose another --run-dir.")}});
    }
    if (QFileInfo::exists(path + u"/run.ndjson"_s)) {
        ::close(lock);
        return Unexpected(
            Errors{{.code = ErrorCode::BadInput,
                    .message = tr("this directory holds the journal of an earlier run."),
                    .where = path,
                    .hint = tr("Choose another --run-dir; journals are never overwritten.")}});
    }
    const QString runId =
        location.runDirectory.isEmpty() ? QFileInfo(path).fileName().mid(4) : stamp;
    return std::unique_ptr<RunDirectory>(new RunDirectory(output, path, runId, lock));
}

bool RunDirectory::isRunning(const QString &runDirectory)
{
    const int lock = openLock(runDirectory, O_RDONLY);
    if (lock < 0)
        return false;
    const bool isHeld = ::flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(lock);
    return isHeld;
}

QString RunDirectory::journal() const { return m_path + u"/run.ndjson"_s; }

QString RunDirectory::engineLog() const { return m_path + u"/engine.log"_s; }

QString RunDirectory::report() const { return m_path + u"/report.json"_s; }

QString RunDirectory::seedReport() const
{
    return m_output + u"/stress_test_report_%1.json"_s.arg(m_runId);
}

QString RunDirectory::seedLog() const { return m_output + u"/stress_test.log"_s; }

QString RunDirectory::serviceLog(const QString &service) const
{
    const QString log = m_path + u"/%1.log"_s.arg(service);
    return log == engineLog() ? m_path + u"/%1.service.log"_s.arg(service) : log;
}

Result<void> RunDirectory::linkServiceLog(const QString &service) const
{
    const QString results = m_output + u"/stress_test_results"_s;
    const QString place = results + u"/%1.log"_s.arg(service);
    const QString log = QFileInfo(serviceLog(service)).absoluteFilePath();
    if (QFileInfo(place).absoluteFilePath() == log)
        return {};
    const QString beside = QFileInfo(results).absoluteFilePath() + u'/';
    const QByteArray target =
        QFile::encodeName(log.startsWith(beside) ? log.mid(beside.size()) : log);
    // By renaming, so that of two runs that start together each leaves a whole link.
    const QByteArray made =
        QFile::encodeName(place + u".%1"_s.arg(QCoreApplication::applicationPid()));
    (void)::unlink(made.constData());
    if (::symlink(target.constData(), made.constData()) == 0
        && ::rename(made.constData(), QFile::encodeName(place).constData()) == 0)
        return {};
    const QString reason = qt_error_string(errno);
    (void)::unlink(made.constData());
    return Unexpected(Error{.code = ErrorCode::Io,
                            .message = tr("cannot be made a link to %1: %2.").arg(log, reason),
                            .where = place});
}

} // namespace lowtide
