"""The second token server: django-oauth-toolkit, whose tokens a second Dovecot checks. Started when a test wants it."""
import base64, hashlib, json, secrets, shutil, sqlite3, subprocess, time, urllib.parse, urllib.request

from . import dovecot, forms
from .instance import HERE, TOP, free_port

PLACE = TOP / ".build/toolkit"
SITE = HERE / "provider/toolkit_site.py"
REDIRECTS = "http://127.0.0.1 http://127.0.0.1/ http://localhost http://localhost/"


def write(rig, taken):
    base = f"http://127.0.0.1:{free_port(taken)}"
    rig.env.update(
        TOOLKIT_DIR=rig.dir / "toolkit", TOOLKIT_URL=base, TOOLKIT_SECRET=secrets.token_hex(16),
        TOOLKIT_AUTHORIZE_URL=base + "/o/authorize/", TOOLKIT_TOKEN_URL=base + "/o/token/",
        TOOLKIT_DEVICE_URL=base + "/o/device-authorization/")
    dovecot.write_toolkit(rig)
    key = subprocess.check_output(["openssl", "genrsa", "2048"], stderr=subprocess.DEVNULL, text=True)
    rig.write("toolkit/settings.json", json.dumps({
        "base": base, "password": rig.env["USER_PASSWORD"], "rsa": key, "applications": applications(rig)}))
    # Tests say here where the server is to wait.
    (rig.dir / "toolkit").chmod(0o777)


def applications(rig):
    """One client may do one kind of grant here."""
    shared = dict(redirect_uris=REDIRECTS, algorithm="RS256", hash_client_secret=False,
                  client_secret=rig.env["TOOLKIT_SECRET"])
    code, device, client = "authorization-code", "urn:ietf:params:oauth:grant-type:device_code", "client-credentials"
    return [dict(shared, client_id=name, name=title, client_type=kind, authorization_grant_type=grant)
            for name, title, kind, grant in [
                ("letterhead", "Letterhead", "public", code), ("letterhead-web", "Letterhead", "confidential", code),
                ("letterhead-device", "Letterhead", "public", device),
                ("letterhead-daemon", "Letterhead", "confidential", client),
                ("dovecot", "Dovecot", "confidential", client)]]


def run(rig):
    if not (PLACE / "empty.db").exists():
        raise SystemExit(f"rig: {PLACE} is not there; run scripts/need-packages test")
    shutil.copy(PLACE / "empty.db", rig.dir / "toolkit/toolkit.db")
    log = open(rig.dir / "toolkit/log", "ab")
    process = subprocess.Popen([PLACE / "bin/python", "-B", SITE, "serve", rig.dir / "toolkit"],
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    rig.env["PID_TOOLKIT"] = process.pid
    dovecot.run_toolkit(rig)
    for _ in range(400):
        try:
            urllib.request.urlopen(rig.env["TOOLKIT_URL"] + "/o/.well-known/jwks.json", timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"rig: the toolkit does not answer; see {rig.dir}/toolkit/log")


def change(rig, statement, *values):
    with sqlite3.connect(rig.dir / "toolkit/toolkit.db", timeout=20) as database:
        database.execute(statement, values)
    database.close()


def expire(rig):
    """No access token issued until now is good any longer."""
    change(rig, "update oauth2_provider_accesstoken set expires = '2000-01-01 00:00:00'")


def revoke(rig, address):
    """As when the person takes the permission back on the provider's page."""
    of = "where user_id = (select id from auth_user where username = ?)"
    change(rig, f"update oauth2_provider_accesstoken set expires = '2000-01-01 00:00:00' {of}", address)
    change(rig, f"update oauth2_provider_refreshtoken set revoked = '2000-01-01 00:00:00' {of}", address)


def grant(rig, address):
    """Signs a person in by the forms; returns a refresh token of the client `letterhead`."""
    verifier, redirect = secrets.token_urlsafe(48), "http://127.0.0.1:9"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = urllib.parse.urlencode(dict(
        response_type="code", client_id="letterhead", redirect_uri=redirect, scope="openid mail", state="s",
        code_challenge=challenge, code_challenge_method="S256"))
    person = dict(username=address, password=rig.env["USER_PASSWORD"])
    end = forms.visit(f"{rig.env['TOOLKIT_AUTHORIZE_URL']}?{query}", person, "allow")["address"]
    code = urllib.parse.parse_qs(urllib.parse.urlparse(end).query)["code"][0]
    form = dict(grant_type="authorization_code", code=code, redirect_uri=redirect, code_verifier=verifier,
                client_id="letterhead")
    with urllib.request.urlopen(rig.env["TOOLKIT_TOKEN_URL"], urllib.parse.urlencode(form).encode()) as answer:
        return json.load(answer)["refresh_token"]
