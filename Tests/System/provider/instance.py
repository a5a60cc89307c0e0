"""A running rig: its directory, its settings (rig.env), and free ports."""
import os, pathlib, random, socket

HERE = pathlib.Path(__file__).resolve().parent.parent
TOP = HERE.parent.parent
# Who owns what is delivered: under sudo the person who runs the tests, who must read it.
MAIL_UID = int(os.environ.get("SUDO_UID") or 0) or 5000


def free_port(taken):
    while True:
        port = random.randrange(20100, 32000)
        if port in taken:
            continue
        with socket.socket() as s, socket.socket(socket.AF_INET6) as six:
            try:
                s.bind(("127.0.0.1", port))
                six.bind(("::1", port))
            except OSError:
                continue
        taken.add(port)
        return port


class Rig:
    def __init__(self, directory):
        self.dir = pathlib.Path(directory).resolve()
        self.env = {}

    @property
    def env_file(self):
        return self.dir / "rig.env"

    def load(self):
        for line in self.env_file.read_text().splitlines():
            key, _, value = line.partition("=")
            self.env[key] = value
        return self

    def save(self):
        fresh = self.dir / "rig.env.new"
        fresh.write_text("".join(f"{k}={v}\n" for k, v in self.env.items()))
        fresh.rename(self.env_file)

    def write(self, name, text, mode=0o644):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path
