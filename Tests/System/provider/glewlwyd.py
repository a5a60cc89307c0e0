"""glewlwyd as a private instance: the OAuth 2.0 server whose tokens Dovecot checks."""
import base64, hashlib, http.cookiejar, json, pathlib, secrets, sqlite3, subprocess, time
import urllib.error, urllib.parse, urllib.request

from .instance import free_port

GLEWLWYD = """
port = {PORT_TOKENS}
bind_address = "127.0.0.1"
external_url = "http://127.0.0.1:{PORT_TOKENS}"
login_url = "login.html"
api_prefix = "api"
static_files_path = "{dir}/tokens/static"
log_mode = "file"
log_level = "INFO"
log_file = "{dir}/tokens.log"
cookie_domain = "127.0.0.1"
cookie_secure = 0
session_expiration = 2419200
session_key = "GLEWLWYD2_SESSION_ID"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "/usr/lib/glewlwyd/user"
user_middleware_module_path = "/usr/lib/glewlwyd/user_middleware"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = {{
  type = "sqlite3"
  path = "{dir}/tokens/tokens.db"
}};
"""


class TokenServer:
    """glewlwyd's own API, spoken as its admin or as a user."""

    def __init__(self, rig):
        self.base = f"http://127.0.0.1:{rig.env['PORT_TOKENS']}"
        self.rig = rig
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), NoRedirects)

    def call(self, method, path, body=None, form=None, basic=None):
        request = urllib.request.Request(self.base + path, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        if form is not None:
            request.data = urllib.parse.urlencode(form).encode()
        if basic:
            request.add_header("Authorization", "Basic " + base64.b64encode(":".join(basic).encode()).decode())
        try:
            with self.opener.open(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def must(self, *arguments, **named):
        status, headers, body = self.call(*arguments, **named)
        if status >= 400:
            raise SystemExit(f"rig: token server answered {status} to {arguments}: {body.decode(errors='replace')}")
        return headers, body

    def wait(self):
        for _ in range(200):
            try:
                if self.call("GET", "/config")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit("rig: glewlwyd does not answer; see " + str(self.rig.dir / "tokens.log"))

    def sign_in(self, user="admin", password="password"):
        self.must("POST", "/api/auth/", {"username": user, "password": password})
        return self


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def write(rig, taken):
    rig.env.update(PORT_TOKENS=free_port(taken), INTROSPECTION_SECRET=secrets.token_hex(16), CLIENT_ID="letterhead",
                   CLIENT_SECRET=secrets.token_hex(16), USER_PASSWORD=secrets.token_hex(16))
    rig.env["TOKEN_URL"] = f"http://127.0.0.1:{rig.env['PORT_TOKENS']}/api/oidc/token"
    (rig.dir / "tokens/static").mkdir(parents=True)
    rig.write("tokens/glewlwyd.conf", GLEWLWYD.format(dir=rig.dir, **rig.env))
    database = sqlite3.connect(rig.dir / "tokens/tokens.db")
    database.executescript(pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3").read_text())
    database.commit()
    database.close()


def run(rig):
    log = open(rig.dir / "tokens.out", "ab")
    process = subprocess.Popen(["glewlwyd", "--config-file=" + str(rig.dir / "tokens/glewlwyd.conf")],
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    rig.env["PID_TOKENS"] = process.pid
    TokenServer(rig).wait()


def set_up(rig):
    admin = TokenServer(rig).sign_in()
    for scope in ["mail", "introspect"]:
        admin.must("POST", "/api/scope/", {
            "name": scope, "display_name": scope, "password_required": False, "scheme": {}})
    client = {"enabled": True, "confidential": True, "token_endpoint_auth_method":
              ["client_secret_basic", "client_secret_post"], "redirect_uri": ["http://127.0.0.1:9/done"]}
    admin.must("POST", "/api/client/", dict(
        client, client_id="letterhead", name="Letterhead", client_secret=rig.env["CLIENT_SECRET"],
        authorization_type=["code", "refresh_token"], scope=[]))
    admin.must("POST", "/api/client/", dict(
        client, client_id="dovecot", name="Dovecot", client_secret=rig.env["INTROSPECTION_SECRET"],
        authorization_type=["client_credentials"], scope=["introspect"]))
    key = subprocess.check_output(["openssl", "genrsa", "2048"], stderr=subprocess.DEVNULL, text=True)
    public = subprocess.run(["openssl", "rsa", "-pubout"], input=key, text=True, capture_output=True, check=True).stdout
    admin.must("POST", "/api/mod/plugin/", {
        "module": "oidc", "name": "oidc", "display_name": "oidc", "enabled": True, "parameters": {
            "iss": f"{admin.base}/api/oidc", "jwt-type": "rsa", "jwt-key-size": "256", "key": key, "cert": public,
            "access-token-duration": 3600, "refresh-token-duration": 1209600, "code-duration": 600,
            "refresh-token-rolling": True, "refresh-token-one-use": "always", "allow-non-oidc": True,
            "auth-type-code-enabled": True, "auth-type-client-enabled": True, "auth-type-refresh-enabled": True,
            "auth-type-token-enabled": False, "auth-type-id-token-enabled": False, "auth-type-none-enabled": False,
            "auth-type-password-enabled": False, "auth-type-device-enabled": False,
            "pkce-allowed": True, "pkce-required": False, "pkce-method-plain-allowed": False,
            "introspection-revocation-allowed": True, "introspection-revocation-allow-target-client": True,
            "introspection-revocation-auth-scope": ["introspect"], "jwks-show": True,
            "scope": [], "additional-parameters": [], "claims": [], "service-documentation": "", "op-policy-uri": "",
            "op-tos-uri": "", "secret-type": "pairwise", "address-claim": {"type": "no"}, "name-claim": "no",
            "email-claim": "no", "scope-claim": "no", "subject-type": "public", "allowed-scope": ["openid", "mail"],
        }})


def grant(rig, address):
    admin = TokenServer(rig).sign_in()
    if admin.call("GET", f"/api/user/{address}")[0] == 404:
        admin.must("POST", "/api/user/", {
            "username": address, "name": address, "email": address, "enabled": True,
            "password": rig.env["USER_PASSWORD"], "scope": ["openid", "mail", "g_profile"]})
    user = TokenServer(rig).sign_in(address, rig.env["USER_PASSWORD"])
    user.must("PUT", "/api/auth/grant/letterhead/", {"scope": "mail"})
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = urllib.parse.urlencode(dict(
        response_type="code", client_id="letterhead", redirect_uri="http://127.0.0.1:9/done", scope="mail",
        state="s", nonce=secrets.token_hex(8), code_challenge=challenge, code_challenge_method="S256"))
    status, headers, body = user.call("GET", f"/api/oidc/auth?{query}&g_continue")
    answer = urllib.parse.parse_qs(urllib.parse.urlparse(headers.get("Location", "")).query)
    if "code" not in answer:
        raise SystemExit(f"rig: no code: {status} {headers.get('Location')} {body!r}")
    _, tokens = TokenServer(rig).must("POST", "/api/oidc/token", form=dict(
        grant_type="authorization_code", code=answer["code"][0], redirect_uri="http://127.0.0.1:9/done",
        code_verifier=verifier), basic=("letterhead", rig.env["CLIENT_SECRET"]))
    return json.loads(tokens)["refresh_token"]


def replay(rig, token):
    """A refresh token that was rotated away and comes again looks stolen: the server revokes all its descendants."""
    status, _, _ = TokenServer(rig).call("POST", "/api/oidc/token", form=dict(
        grant_type="refresh_token", refresh_token=token), basic=("letterhead", rig.env["CLIENT_SECRET"]))
    if status != 400:
        raise SystemExit(f"rig: the token server answered {status} to a refresh token used again")
