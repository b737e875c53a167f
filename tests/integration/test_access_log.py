"""The report's counts against the access logs of foreign servers, with a share of failures by design."""
import collections
import contextlib
import pathlib
import subprocess
import sys
import textwrap

import support

RATE, SECONDS = 50, 60

NGINX = """
worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 256; }}
http {{
    log_format ids '$http_x_request_id $status "$http_user_agent"';
    access_log {dir}/access.log ids;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
    split_clients "$http_x_request_id" $fails {{ 5% 1; * 0; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ if ($fails) {{ return 500; }} return 200 "fine"; }}
        location /health {{ return 200 "fine"; }}
    }}
}}
"""

AIOHTTP = """
import asyncio, sys
from aiohttp import web

log = open(sys.argv[2], "a", buffering=1)
calls = 0

async def answer(request):
    global calls
    calls += 1
    status = 503 if calls % 20 == 0 else 200
    log.write(f"{request.headers.get('X-Request-Id', '-')} {status} \\"{request.headers.get('User-Agent')}\\"\\n")
    return web.Response(text="fine", status=status)

async def health(request):
    return web.Response(text="fine")

app = web.Application()
app.add_routes([web.get("/health", health), web.get("/", answer)])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
"""


@contextlib.contextmanager
def ended(process):
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def nginx(place, port):
    (place / "nginx.conf").write_text(NGINX.format(dir=place, port=port))
    process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(place), "-c", str(place / "nginx.conf")])
    with ended(process):
        yield place / "access.log"


@contextlib.contextmanager
def aiohttp(place, port):
    (place / "server.py").write_text(textwrap.dedent(AIOHTTP))
    process = subprocess.Popen(["/usr/bin/python3", "-B", place / "server.py", str(port), place / "access.log"])
    with ended(process):
        yield place / "access.log"


def answers(port):
    import socket
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def load_lines(log):
    """(request id, status) of what the load sent; probes have another User-Agent and no id."""
    lines = []
    for line in pathlib.Path(log).read_text().splitlines():
        head, agent = line.split(' "', 1)
        if "(load)" in agent:
            lines.append(tuple(head.split(" ")))
    return lines


def check(server, failing_status):
    with support.workplace() as place:
        port = support.free_port()
        with server(place, port) as log:
            support.wait_until(lambda: answers(port), 20, "the server listens")
            done = support.lowtide("run", "--target", f"http://127.0.0.1:{port}/", "-q", RATE, "-z", f"{SECONDS}s",
                                   "-c", 10, "--quiet", cwd=place)
            lines = load_lines(log)
        report = support.report_in(place)
        test = report["test_results"][0]
        counts = test["counts"]
        statuses = collections.Counter(status for _, status in lines)
        ok_ids = collections.Counter(identity for identity, status in lines if status == "200")
        assert abs(counts["planned"] - RATE * SECONDS) <= 1, counts
        assert counts["failed"] > 0 and counts["ok"] > 0, counts
        assert len(ok_ids) == counts["ok"] == statuses["200"], (counts, statuses)
        assert set(ok_ids.values()) == {1}, "an ok operation stands twice in the log"
        assert len(lines) - counts["ok"] <= counts["failed"] + counts["timed_out"], (counts, statuses)
        assert test["failed_by_status"] == {failing_status: statuses[failing_status]}, test["failed_by_status"]
        assert done.returncode == (0 if test["success"] else 1), done.stderr
        print(f"      {server.__name__}: planned {counts['planned']}, ok {counts['ok']}, failed {counts['failed']}; "
              f"log {dict(statuses)}")


def test_counts_equal_nginxs_access_log():
    check(nginx, "500")


def test_counts_equal_the_log_of_an_aiohttp_service():
    check(aiohttp, "503")


if __name__ == "__main__":
    support.run_tests(sys.modules[__name__])
