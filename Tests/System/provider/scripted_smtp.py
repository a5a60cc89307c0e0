"""An SMTP provider that says what a test wants: DIR/scripted/ADDRESS names the scenario for who signs in, line by line.

A line is a scenario below, or `pace CONNECTIONS MESSAGES SECONDS`: a provider that allows no more. With the line `once`
the first refusal is the last. Without a file all is well: whatever the password, and mail ends in the Maildir where
Postfix's does.
"""
import base64, imaplib, os, secrets, socketserver, ssl, threading, time

from .instance import MAIL_UID

# phase -> reply. `auth` answers the sign-in, `data` the command DATA, `body` the message. `cut` ends the line in place of an
# answer to a message: one that was `taken`, or `filed` in Dovecot's Sent as well, or `lost`.
# `files`: puts a copy of all that it takes into Dovecot's Sent.
SCENARIOS = {
    "tenant-switched-off": {"auth": "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
                            "the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information."},
    "mailbox-switched-off": {"auth": "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled "
                             "for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information."},
    "passwords-ended": {"auth": "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."},
    "not-this-mailbox": {"auth": "535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.example]"},
    "app-password": {"auth": "534-5.7.9 Application-specific password required. For more information, go to\n"
                     "534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor x1-2.3 - gsmtp"},
    "send-as-denied": {"body": "554 5.2.252 SendAsDenied; ada@corp.test not allowed to send as office@corp.test; "
                       "STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied"},
    "daily-limit": {"body": "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits "
                    "go to https://support.google.com/a/answer/166852 x1-2.3 - gsmtp"},
    "throttled": {"mail": "421 4.7.0 Try again later, closing connection. x1-2.3 - gsmtp"},
    "rate-limit": {"mail": "421 4.7.28 Gmail has detected an unusual rate of mail originating from your address. x1-2.3 - gsmtp"},
    "too-many-connections": {"auth": "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent"},
    "too-large": {"body": "552 5.3.4 Your message exceeded Google's message size limits. x1-2.3 - gsmtp"},
    "recipient-full": {"rcpt": "552 5.2.2 The recipient's inbox is out of storage space. x1-2.3 - gsmtp"},
    "cut-and-taken": {"cut": "taken"},
    "cut-and-filed": {"cut": "filed"},
    "cut-and-lost": {"cut": "lost"},
    "files-copies": {"files": "yes"},
    "mailbox-full": {"body": "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiException"},
}


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            if self.server.implicit:
                self.secure()
            self.user, self.is_open = None, True
            self.say("220 scripted.provider.test ESMTP")
            while self.is_open and (line := self.rfile.readline(8192)):
                self.obey(line.decode(errors="replace").strip())
        except OSError:
            pass
        finally:
            self.server.pace.leave(self)

    def secure(self):
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def say(self, reply):
        self.wfile.write(reply.replace("\n", "\r\n").encode() + b"\r\n")
        self.is_open = not reply.startswith("421")

    def obey(self, line):
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        if verb == "EHLO":
            starttls = [] if isinstance(self.connection, ssl.SSLSocket) else ["STARTTLS"]
            auth = [] if starttls else ["AUTH PLAIN LOGIN XOAUTH2"]
            lines = ["scripted.provider.test", "SIZE 157286400", "8BITMIME"] + starttls + auth
            self.say("\n".join(f"250-{one}" for one in lines) + "\n250 ENHANCEDSTATUSCODES")
        elif verb == "STARTTLS":
            self.say("220 2.0.0 Go ahead")
            self.secure()
        elif verb == "AUTH":
            self.sign_in(*rest.split())
        elif verb == "MAIL":
            self.sender, self.recipients = rest[rest.index("<") + 1:rest.index(">")], []
            self.answer("mail", "250 2.1.0 OK")
        elif verb == "RCPT":
            recipient = rest[rest.index("<") + 1:rest.index(">")]
            if self.answer("rcpt", "250 2.1.5 OK"):
                self.recipients.append(recipient)
        elif verb == "DATA":
            if self.answer("data", "354 Go ahead"):
                self.take()
        elif verb == "QUIT":
            self.say("221 2.0.0 Bye")
            self.is_open = False
        else:
            self.say("250 2.0.0 OK")

    def sign_in(self, mechanism, first=""):
        def ask(prompt):
            self.say("334 " + base64.b64encode(prompt).decode())
            return self.rfile.readline(65536).decode().strip()

        if mechanism.upper() == "LOGIN":
            self.user = base64.b64decode(first or ask(b"Username:")).decode()
            self.password = base64.b64decode(ask(b"Password:")).decode()
        else:
            words = base64.b64decode(first or ask(b"")).decode()
            if mechanism.upper() == "PLAIN":
                _, self.user, self.password = words.split("\0")
            else:
                self.user = words.split("\1")[0].removeprefix("user=")
        self.answer("auth", "235 2.7.0 Accepted")

    def scripted(self, phase):
        """What the script has for this phase, or None."""
        found = next((one[phase] for one in self.server.script(self.user) if phase in one), None)
        if found and "once" in written(self.server.rig, self.user):
            (self.server.rig.dir / "scripted" / self.user).unlink()
        return found

    def answer(self, phase, otherwise):
        """Says what the script wants here, else `otherwise`; and whether that was well."""
        reply = self.scripted(phase) or self.server.pace.objection(self, phase)
        if reply:
            self.server.note(f"{phase} {self.user} {reply}")
        self.say(reply or otherwise)
        return not reply

    def take(self):
        lines = []
        while (line := self.rfile.readline(1 << 20)) != b".\r\n":
            if not line:
                return
            lines.append(line[1:] if line.startswith(b".") else line)
        message = b"".join(lines)
        if fate := self.scripted("cut"):
            if fate == "filed":
                self.server.file(self.user, self.password, message)
            self.is_open = False
            self.server.note(f"cut {self.user} {fate}")
            is_taken = fate != "lost"
        else:
            is_taken = self.answer("body", "250 2.0.0 OK")
        if is_taken:
            self.server.note(f"taken {self.user} {time.monotonic():.3f}")
            if self.scripted("files"):
                self.server.file(self.user, self.password, message)
            for recipient in self.recipients:
                self.server.deliver(self.sender, recipient, message.replace(b"\r\n", b"\n"))


class Pace:
    """Who is signed in, and when he sent. One a server, shared by its sessions."""

    def __init__(self, limits):
        self.limits, self.lock, self.sessions, self.sent = limits, threading.Lock(), {}, {}

    def leave(self, session):
        with self.lock:
            for open_sessions in self.sessions.values():
                open_sessions.discard(session)

    def objection(self, session, phase):
        limits = self.limits(session.user)
        if not limits or phase not in ["auth", "mail", "data"]:
            return None
        connections, messages, seconds = limits
        now = time.monotonic()
        with self.lock:
            if phase == "auth":
                mine = self.sessions.setdefault(session.user, set())
                mine.add(session)
                return SCENARIOS["too-many-connections"]["auth"] if len(mine) > connections else None
            recent = self.sent[session.user] = [at for at in self.sent.get(session.user, []) if now - at < seconds]
            if phase == "data":
                recent.append(now)
            elif len(recent) >= messages:
                return "432 4.3.2 Submission rate for this client exceeded"


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 128

    def __init__(self, rig, port, implicit, pace):
        super().__init__(("127.0.0.1", port), Session)
        self.rig, self.implicit, self.pace = rig, implicit, pace
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(rig.dir / "certs/good.pem", rig.dir / "certs/good.key")

    def script(self, user):
        return [SCENARIOS[line] for line in written(self.rig, user) if line in SCENARIOS]

    def note(self, line):
        print(line, flush=True)

    def file(self, user, password, message):
        trust = ssl.create_default_context(cafile=self.rig.env["CA_FILE"])
        with imaplib.IMAP4_SSL("localhost", int(self.rig.env["PORT_IMAPS"]), ssl_context=trust) as dovecot:
            dovecot.login(user, password)
            done, words = dovecot.append("Sent", "(\\Seen)", None, message)
            self.note(f"filed {user} {done}")

    def deliver(self, sender, recipient, message):
        name = f"{time.time():.6f}.{secrets.token_hex(8)}"
        path = self.rig.dir / "arrived/tmp" / name
        own = f"Return-Path: <{sender}>\nX-Original-To: {recipient}\nReceived: from relay\n\tby scripted id {time.time_ns()}\n"
        path.write_bytes(own.encode() + message)
        os.chown(path, MAIL_UID, MAIL_UID)
        path.rename(self.rig.dir / "arrived/new" / name)


def written(rig, user):
    path = rig.dir / "scripted" / (user or "-").replace("/", "_")
    return path.read_text().splitlines() if path.exists() else []


def servers(rig):
    def limits(user):
        return next(([int(word) for word in line.split()[1:]]
                     for line in written(rig, user) if line.startswith("pace ")), None)

    pace = Pace(limits)
    return [Server(rig, int(rig.env[f"PORT_SCRIPTED_{mode}"]), mode == "TLS", pace) for mode in ["TLS", "STARTTLS"]]
