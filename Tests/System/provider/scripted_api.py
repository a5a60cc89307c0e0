"""Microsoft Graph's sendMail and the Gmail API's messages.send: who is in To, Cc and Bcc gets the message, and nobody else.

DIR/scripted/ADDRESS says what is answered to the mailbox instead of taking its message: `api STATUS [CODE [WORDS]]`, a line
`field NAME: VALUE` for each header field, `anyway` where the message is taken all the same, and `once`. A message over
2,240,000 octets gets Graph's 200, and is lost. Graph lists what it took in Sent Items to whoever may read there. Tokens are
those of `scripted_tokens.py`, which say for whom they are.
"""
import base64, binascii, email, email.utils, http.server, json, secrets, ssl, time, urllib.parse

from .scripted_smtp import written

AUDIENCES = {"graph": "https://graph.microsoft.com", "gmail": "https://gmail.googleapis.com"}
TOO_LARGE = 2_240_000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urllib.parse.urlparse(self.path).path
        if path.startswith("/v1.0/users/") and path.endswith("/sendMail"):
            return self.graph(urllib.parse.unquote(path.split("/")[3]), body)
        if path == "/upload/gmail/v1/users/me/messages/send":
            return self.gmail(body)
        self.fault(404, "ResourceNotFound", path)

    def do_GET(self):
        parts = urllib.parse.urlparse(self.path).path.split("/")
        if parts[1:3] != ["v1.0", "users"] or parts[4:] != ["mailFolders", "sentitems", "messages"]:
            return self.fault(404, "ResourceNotFound", self.path)
        if not self.allows("graph", "Mail.ReadBasic"):
            return self.fault(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        print("listed", urllib.parse.unquote(parts[3]), flush=True)
        self.reply(200, json.dumps({"value": self.server.sent.get(urllib.parse.unquote(parts[3]), [])}).encode())

    def graph(self, user, body):
        if not self.allows("graph"):
            return self.fault(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
        if self.headers.get("Content-Type") != "text/plain":
            return self.fault(400, "ErrorInvalidRequest", "The content type is not text/plain.")
        try:
            message = base64.b64decode(body, validate=True)
        except binascii.Error:
            return self.follow(user, probe=True) or self.fault(
                400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
        if len(message) > TOO_LARGE:
            return self.reply(200, b"", {"request-id": secrets.token_hex(16)})
        if not self.follow(user, message):
            self.deliver(user, message)
            self.reply(202, b"", {"request-id": secrets.token_hex(16)})

    def gmail(self, message):
        if not self.allows("gmail"):
            return self.fault(401, 401, "Request had invalid authentication credentials.")
        parsed = email.message_from_bytes(message)
        if not recipients(parsed):
            return self.fault(400, "invalidArgument", "Recipient address required")
        user = email.utils.parseaddr(parsed["From"])[1]
        if not self.follow(user, message):
            self.deliver(user, message)
            self.reply(200, json.dumps({"id": secrets.token_hex(8), "threadId": "1"}).encode())

    def allows(self, service, role=None):
        claims = self.headers.get("Authorization", "").removeprefix("Bearer ").split(".")[1:2]
        try:
            found = json.loads(base64.urlsafe_b64decode(claims[0] + "=="))
        except (IndexError, ValueError):
            return False
        return found["aud"] == AUDIENCES[service] and (role is None or role in found["roles"])

    def follow(self, user, message=None, probe=False):
        """Answers what the script says; `False` where it says nothing. A probe uses no `once` up."""
        lines = written(self.server.rig, user)
        said = next((line.split(" ", 3)[1:] for line in lines if line.startswith("api ")), None)
        if said is None or probe and int(said[0]) not in (401, 403, 404):
            return False
        if message is not None and "anyway" in lines:
            self.deliver(user, message)
        if "once" in lines and not probe:
            (self.server.rig.dir / "scripted" / user).unlink()
        fields = dict(line.removeprefix("field ").split(": ", 1) for line in lines if line.startswith("field "))
        print("refused", user, *said, flush=True)
        self.fault(int(said[0]), *(said[1:] + ["", ""])[:2], fields)
        return True

    def deliver(self, user, message):
        print("taken", user, len(message), flush=True)
        self.server.sent.setdefault(user, []).insert(0, {
            "internetMessageId": email.message_from_bytes(message)["Message-ID"],
            "createdDateTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})
        text = message.replace(b"\r\n", b"\n")
        for recipient in recipients(email.message_from_bytes(message)):
            self.server.smtp.deliver(user, recipient, text)

    def fault(self, status, code, words, fields={}):
        self.reply(status, json.dumps({"error": {"code": code, "message": words}}).encode(), fields)

    def reply(self, status, body, fields={}):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


def recipients(message):
    fields = [value for name in ("To", "Cc", "Bcc") for value in message.get_all(name, [])]
    return list(dict.fromkeys(address for _, address in email.utils.getaddresses(fields) if address))


def token(service):
    """One that says of itself for whom it is; Google's says nothing, but this one has to."""
    roles = ["Mail.Send", "Mail.ReadBasic"] if service == "graph-reading" else ["Mail.Send"]
    audience = AUDIENCES.get(service.partition("-")[0], "https://outlook.office365.com")
    claims = {"aud": audience, "roles": roles}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return {"access_token": f"e30.{payload}.c2ln", "token_type": "Bearer", "expires_in": 3600}


def server(rig, smtp):
    found = http.server.ThreadingHTTPServer(("127.0.0.1", int(rig.env["PORT_SCRIPTED_API"])), Handler)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(rig.dir / "certs/good.pem", rig.dir / "certs/good.key")
    found.socket = tls.wrap_socket(found.socket, server_side=True)
    found.rig, found.smtp, found.sent = rig, smtp, {}
    return found
