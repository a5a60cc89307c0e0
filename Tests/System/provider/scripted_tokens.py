"""Sign-in pages and token endpoints of the large providers where they refuse: /SCENARIO/authorize and /SCENARIO/token.

/assertion/token is for signed assertions (RFC 7523), of a client with a certificate as at Microsoft or of a service
account as at Google. It checks them with the openssl command and DIR/scripted/certificate.pem, and hands out a token
of the toolkit, which the mail servers check in their turn. /federated/token is for a workload's assertion, which another
identity provider has signed, with the key of that certificate. /graph/token, /graph-reading/token, /gmail/token and /exchange/token give
tokens that say so.
"""
import base64, hashlib, http.server, json, pathlib, ssl, subprocess, tempfile, time
import urllib.parse, urllib.request

from . import scripted_api

# Where in the sign-in each refusal comes, `error`, and its words. The numbers and wording are the providers'.
TAIL = " Trace ID: 6d6b-0000 Correlation ID: 0a0b-0000 Timestamp: 2026-11-22 08:00:00Z"
REFUSALS = {
    "AADSTS65001": ("token", "invalid_grant", "AADSTS65001: The user or administrator has not consented to use the "
                    "application with ID 'abc' named 'Letterhead'. Send an interactive authorization request for this "
                    "user and resource." + TAIL),
    "AADSTS90094": ("authorize", "access_denied", "AADSTS90094: The grant requires admin permission." + TAIL),
    "AADSTS650052": ("authorize", "invalid_client", "AADSTS650052: The app is trying to access a service that your "
                     "organization lacks a service principal for." + TAIL),
    "consent_required": ("authorize", "consent_required", "Consent is required."),
    "interaction_required": ("token", "interaction_required", "AADSTS50076: You must use multi-factor "
                             "authentication to access the resource." + TAIL),
    "admin_policy_enforced": ("authorize", "admin_policy_enforced", ""),
}
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# Of a registration with a federated credential: client, issuer and subject.
FEDERATED = ("letterhead-daemon", "https://cluster.example", "system:serviceaccount:mail:letterhead")


class Refused(Exception):
    pass


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        where, _, query = self.path.partition("?")
        scenario, asked = where.split("/")[1], dict(urllib.parse.parse_qsl(query))
        phase, error, words = REFUSALS.get(scenario, ("", "", ""))
        if not where.endswith("/authorize") or "redirect_uri" not in asked:
            return self.send_error(404)
        answer = {"error": error, "error_description": words} if phase == "authorize" else {"code": "c0de"}
        answer["state"] = asked.get("state", "")
        self.send_response(302)
        self.send_header("Location", asked["redirect_uri"] + "?" + urllib.parse.urlencode(answer))
        self.end_headers()

    def do_POST(self):
        scenario = self.path.split("/")[1]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = dict(urllib.parse.parse_qsl(body))
        if scenario in ("assertion", "federated"):
            try:
                return self.reply(200, token(self.server.rig, form, self.server.rig.env["SCRIPTED_TOKENS_URL"] + self.path))
            except (Refused, ValueError, KeyError) as problem:
                return self.reply(401, {
                    "error": "invalid_client", "error_description": f"AADSTS700027: {problem!r}", "error_codes": [700027]})
        if scenario in ("graph", "graph-reading", "gmail", "exchange"):
            return self.reply(200, scripted_api.token(scenario))
        phase, error, words = REFUSALS.get(scenario, ("token", "invalid_request", "no such scenario"))
        number = words.partition(":")[0].removeprefix("AADSTS")
        codes = {"error_codes": [int(number)]} if number.isdigit() else {}
        self.reply(400, {"error": error, "error_description": words, **codes})

    def reply(self, status, answer):
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def token(rig, form, here):
    """A token of the toolkit for who proved to hold the key, else `Refused` with what is wrong."""
    google = form.get("grant_type") == JWT_BEARER
    if not google and (form.get("grant_type"), form.get("client_assertion_type")) != ("client_credentials", CLIENT_ASSERTION):
        raise Refused("neither a service account's assertion nor a client's")
    head, claims = verified(form["assertion" if google else "client_assertion"], rig.dir / "scripted/certificate.pem")
    now = time.time()
    federated = "/federated/" in here
    if federated and (form["client_id"], claims["iss"], claims["sub"]) != FEDERATED:
        raise Refused("no federated credential for this client, issuer and subject")
    if claims["aud"] != ("api://AzureADTokenExchange" if federated else here):
        raise Refused(f"aud is {claims['aud']}")
    if not now - 60 < claims["exp"] <= now + 3660:
        raise Refused("exp is past, or more than an hour ahead")
    if google and not (claims["iat"] <= now + 60 and claims["scope"] and "@" in claims["sub"] and "@" in claims["iss"]):
        raise Refused("iat, scope, sub or iss")
    if not google and not federated:
        if not claims["iss"] == claims["sub"] == form["client_id"]:
            raise Refused("iss and sub are not the client")
        if not claims["jti"]:
            raise Refused("jti is empty")
        der = ssl.PEM_cert_to_DER_cert((rig.dir / "scripted/certificate.pem").read_text())
        thumbs = {"x5t": hashlib.sha1(der), "x5t#S256": hashlib.sha256(der)}
        if not any(head.get(key) == encoded(print_.digest()) for key, print_ in thumbs.items()):
            raise Refused("no thumbprint of the certificate")
    body = urllib.parse.urlencode(dict(
        grant_type="client_credentials", client_id="letterhead-daemon", client_secret=rig.env["TOOLKIT_SECRET"],
        scope="mail.sendas")).encode()
    with urllib.request.urlopen(rig.env["TOOLKIT_TOKEN_URL"], body, timeout=10) as answer:
        return json.load(answer)


def verified(assertion, certificate):
    """Header and claims of a signed JWT."""
    signed, _, signature = assertion.rpartition(".")
    head, claims = (json.loads(decoded(part)) for part in signed.split("."))
    options = {"RS256": [], "PS256": ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]}[head["alg"]]
    with tempfile.TemporaryDirectory() as scratch:
        key, seal = pathlib.Path(scratch) / "key", pathlib.Path(scratch) / "seal"
        key.write_bytes(subprocess.check_output(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"]))
        seal.write_bytes(decoded(signature))
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", key, "-signature", seal] + options,
                              input=signed.encode(), capture_output=True)
    if done.returncode != 0:
        raise Refused("the signature is not the certificate's")
    return head, claims


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def server(rig):
    found = http.server.ThreadingHTTPServer(("127.0.0.1", int(rig.env["PORT_SCRIPTED_TOKENS"])), Handler)
    found.rig = rig
    return found
