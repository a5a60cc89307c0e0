"""What no real server can be made to say, and a port that never answers: one process, started when a test wants it."""
import socket, subprocess, sys, threading, time

from . import scripted_api, scripted_smtp, scripted_tokens
from .instance import HERE, Rig, free_port


def write(rig, taken):
    for name in ["PORT_SCRIPTED_TLS", "PORT_SCRIPTED_STARTTLS", "PORT_BLOCKED", "PORT_SCRIPTED_TOKENS",
                 "PORT_SCRIPTED_API"]:
        rig.env[name] = free_port(taken)
    rig.env.update(SCRIPTED_DIR=rig.dir / "scripted",
                   SCRIPTED_TOKENS_URL=f"http://127.0.0.1:{rig.env['PORT_SCRIPTED_TOKENS']}")
    (rig.dir / "scripted").mkdir()
    # Tests write here what is to be said to whom.
    (rig.dir / "scripted").chmod(0o777)


def run(rig):
    log = open(rig.dir / "scripted.log", "ab")
    process = subprocess.Popen([sys.executable, "-B", "-m", "provider.scripted", rig.dir], cwd=HERE,
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    rig.env["PID_SCRIPTED"] = process.pid
    for _ in range(200):
        if (rig.dir / "scripted.ready").exists():
            return
        time.sleep(0.05)
    raise SystemExit(f"rig: the scripted servers do not start; see {rig.dir}/scripted.log")


def blocked(port):
    """A port behind a firewall: who connects gets no answer, because the backlog is full and nobody accepts."""
    listener = socket.create_server(("127.0.0.1", port), backlog=0)
    waiting = [listener]
    while True:
        one = socket.socket()
        one.settimeout(0.3)
        waiting.append(one)
        try:
            one.connect(("127.0.0.1", port))
        except TimeoutError:
            return waiting


def main():
    rig = Rig(sys.argv[1]).load()
    kept = blocked(int(rig.env["PORT_BLOCKED"]))
    smtp = scripted_smtp.servers(rig)
    for server in smtp + [scripted_tokens.server(rig), scripted_api.server(rig, smtp[0])]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    rig.write("scripted.ready", "")
    while kept:
        time.sleep(3600)


if __name__ == "__main__":
    main()
