/* Holds as much memory as it is told, so that a service next to it has less. Plain C and static,
 * since it also has to run inside of containers that have nothing but the service.
 *
 *   lowtide-ballast SECONDS
 *
 * Lines on stdin, each a number of MB (1048576 bytes) to hold in total:
 *   "64\n"  ->  "held 64\n" once it does; "short 40\n" where the system gives no more than 40.
 * A line that comes while memory is still being filled replaces the one before it, which is
 * answered with what is held by then. End of stdin, or SECONDS, ends the process. Exit codes: 0; 2
 * bad arguments or input; 3 it could not make itself the first to be killed. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLICE = 1024 * 1024, MAX_MB = 64 * 1024 * 1024 };

/* Each slice begins with the address of the one before it. */
static char *top = NULL;
static long heldMb = 0;
static long targetMb = 0;
static int hasOpenCommand = 0;
static uint64_t noise = 0x9e3779b97f4a7c15u;

static void answer(const char *word)
{
    char line[48];
    const int length = snprintf(line, sizeof line, "%s %ld\n", word, heldMb);
    int written = 0;
    while (written < length) {
        const ssize_t n = write(STDOUT_FILENO, line + written, (size_t)(length - written));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            _exit(0); /* nobody listens any more */
        written += (int)n;
    }
}

/* Filled with noise: pages of zeros or repeats could be merged or compressed away by the kernel. */
static int growBySlice(void)
{
    char *slice = mmap(NULL, SLICE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slice == MAP_FAILED)
        return 0;
    uint64_t *words = (uint64_t *)(void *)slice;
    for (size_t i = 0; i < SLICE / sizeof *words; ++i) {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        words[i] = noise;
    }
    memcpy(slice, &top, sizeof top);
    top = slice;
    ++heldMb;
    return 1;
}

static void shrinkBySlice(void)
{
    char *slice = top;
    memcpy(&top, slice, sizeof top);
    munmap(slice, SLICE);
    --heldMb;
}

static void obey(const char *line)
{
    char *end = NULL;
    errno = 0;
    const long mb = strtol(line, &end, 10);
    if (errno != 0 || end == line || *end != '\0' || mb < 0 || mb > MAX_MB)
        exit(2);
    if (hasOpenCommand)
        answer("held");
    targetMb = mb;
    hasOpenCommand = 1;
}

/* Reads what is there; 0 at the end of stdin. */
static int readCommands(void)
{
    static char buffer[256];
    static size_t used = 0;
    const ssize_t n = read(STDIN_FILENO, buffer + used, sizeof buffer - 1 - used);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        return 0;
    if (n < 0)
        return 1;
    used += (size_t)n;
    buffer[used] = '\0';
    char *line = buffer;
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        obey(line);
    }
    const size_t rest = used - (size_t)(line - buffer);
    if (rest == sizeof buffer - 1 || strlen(line) != rest)
        exit(2);
    used = rest;
    memmove(buffer, line, used + 1);
    return 1;
}

/* One slice, so that commands and the end of stdin are seen soon. */
static void workABit(void)
{
    if (heldMb > targetMb) {
        shrinkBySlice();
    } else if (heldMb < targetMb && !growBySlice()) {
        targetMb = heldMb;
        hasOpenCommand = 0;
        answer("short");
    }
    if (heldMb == targetMb && hasOpenCommand) {
        hasOpenCommand = 0;
        answer("held");
    }
}

/* Where memory runs out, this process has to be chosen, not the service. */
static int becomeFirstVictim(void)
{
    const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    const int done = write(file, "1000", 4) == 4;
    close(file);
    return done;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    const long seconds = argc == 2 ? strtol(argv[1], &end, 10) : 0;
    if (seconds <= 0 || seconds > 7 * 24 * 3600 || *end != '\0') {
        static const char usage[] = "usage: lowtide-ballast SECONDS\n";
        return write(STDERR_FILENO, usage, sizeof usage - 1) < 0 ? 2 : 2;
    }
    signal(SIGINT, SIG_IGN);
    signal(SIGALRM, SIG_DFL);
    alarm((unsigned)seconds);
    if (!becomeFirstVictim())
        return 3;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    for (;;) {
        const int n = poll(&input, 1, hasOpenCommand ? 0 : -1);
        if (n > 0 && !readCommands())
            return 0;
        if (hasOpenCommand)
            workABit();
    }
}
