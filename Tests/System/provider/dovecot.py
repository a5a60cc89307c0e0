"""Dovecot as a private instance: checks sign-ins for Postfix, and is a second submission server itself.

Another one does nothing but check the tokens of the second token server."""
import email, imaplib, os, ssl, subprocess, time

from .instance import MAIL_UID, free_port

DOVECOT = """
base_dir = {dir}/dovecot/run
state_dir = {dir}/dovecot/state
instance_name = rig
log_path = {dir}/dovecot.log
auth_verbose = yes
listen = 127.0.0.1
protocols = imap submission
auth_mechanisms = plain login scram-sha-256 xoauth2 oauthbearer
auth_username_chars =
auth_failure_delay = 0 secs
auth_cache_size = 0
disable_plaintext_auth = yes
ssl = required
ssl_cert = <{certs}/good.pem
ssl_key = <{certs}/good.key
mail_location = maildir:~/maildir
mail_fsync = never
first_valid_uid = 1
hostname = submission.provider.test
submission_relay_host = 127.0.0.1
submission_relay_port = {PORT_DOVECOT_RELAY}
passdb {{
  driver = passwd-file
  mechanisms = plain login scram-sha-256
  args = scheme=PLAIN username_format=%u {dir}/passwords
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/dovecot/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={dir}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service auth {{
  unix_listener {dir}/postfix/queue/private/auth {{
    mode = 0660
    user = postfix
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {PORT_IMAPS}
    ssl = yes
  }}
}}
service submission-login {{
  inet_listener submission {{
    port = {PORT_DOVECOT_STARTTLS}
  }}
  inet_listener submissions {{
    port = {PORT_DOVECOT_TLS}
    ssl = yes
  }}
}}
"""

OAUTH2 = """
introspection_mode = post
introspection_url = http://dovecot:{INTROSPECTION_SECRET}@127.0.0.1:{PORT_TOKENS}/api/oidc/introspect
force_introspection = yes
username_attribute = username
# Else an inactive token, which names no user, is an internal failure to Dovecot instead of a refusal.
active_attribute = active
active_value = true
scope = mail
openid_configuration_url = http://127.0.0.1:{PORT_TOKENS}/api/oidc/.well-known/openid-configuration
timeout_msecs = 5000
"""

TOOLKIT = """
base_dir = {dir}/toolkit/run
state_dir = {dir}/toolkit/state
instance_name = rig-toolkit
log_path = {dir}/toolkit/dovecot.log
auth_verbose = yes
protocols =
ssl = no
auth_mechanisms = xoauth2 oauthbearer
auth_username_chars =
auth_failure_delay = 0 secs
auth_cache_size = 0
first_valid_uid = 1
passdb {{
  driver = oauth2
  args = {dir}/toolkit/people.conf
}}
# After the other: a scope that is not the wanted one ends the search.
passdb {{
  driver = oauth2
  args = {dir}/toolkit/daemons.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={dir}/mail/%u allow_all_users=yes
}}
service auth {{
  unix_listener {dir}/postfix/queue/private/auth-toolkit {{
    mode = 0660
    user = postfix
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

TOOLKIT_OAUTH2 = """
introspection_mode = post
introspection_url = {introspection}
force_introspection = yes
active_attribute = active
active_value = true
openid_configuration_url = {TOOLKIT_URL}/o/.well-known/openid-configuration
timeout_msecs = 20000
"""

# A daemon's token names no user. With a constant format no user is looked for, and the scope alone opens the door.
PEOPLE = "username_attribute = username\nscope = mail\n"
DAEMONS = "username_attribute = client_id\nusername_format = any\nscope = mail.sendas\n"


def write_toolkit(rig):
    introspection = rig.env["TOOLKIT_URL"].replace("//", f"//dovecot:{rig.env['TOOLKIT_SECRET']}@") + "/o/introspect/"
    rig.write("toolkit/dovecot.conf", TOOLKIT.format(dir=rig.dir, uid=MAIL_UID))
    for name, own in [("people", PEOPLE), ("daemons", DAEMONS)]:
        rig.write(f"toolkit/{name}.conf", TOOLKIT_OAUTH2.format(introspection=introspection, **rig.env) + own)


def write(rig, taken):
    for name in ["PORT_IMAPS", "PORT_DOVECOT_STARTTLS", "PORT_DOVECOT_TLS"]:
        rig.env[name] = free_port(taken)
    (rig.dir / "mail").mkdir()
    os.chown(rig.dir / "mail", MAIL_UID, MAIL_UID)
    fill = dict(rig.env, dir=rig.dir, certs=rig.dir / "certs", uid=MAIL_UID)
    rig.write("dovecot/dovecot.conf", DOVECOT.format(**fill))
    rig.write("dovecot/oauth2.conf", OAUTH2.format(**fill))
    rig.write("passwords", "", 0o644)
    # Made here, so that whoever runs the tests may read it.
    rig.env["DOVECOT_LOG"] = rig.write("dovecot.log", "")


def run(rig):
    rig.env["PID_DOVECOT"] = start(rig.dir / "dovecot")


def run_toolkit(rig):
    rig.env["PID_TOOLKIT_DOVECOT"] = start(rig.dir / "toolkit")


def start(directory):
    subprocess.run(["dovecot", "-c", str(directory / "dovecot.conf")], check=True, stdin=subprocess.DEVNULL)
    # dovecot returns before its daemon has written this.
    pid = directory / "run/master.pid"
    for _ in range(100):
        if pid.exists() and pid.read_text().strip():
            break
        time.sleep(0.05)
    return pid.read_text().strip()


def sent(rig, address, password):
    """What lies in Sent, one line a message: its flags, when it was filed, and its subject."""
    trust = ssl.create_default_context(cafile=rig.env["CA_FILE"])
    with imaplib.IMAP4_SSL("localhost", int(rig.env["PORT_IMAPS"]), ssl_context=trust) as dovecot:
        dovecot.login(address, password)
        _, (count,) = dovecot.select("Sent", readonly=True)
        found = dovecot.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[HEADER])")[1] if int(count) else []
    for top, header in (one for one in found if isinstance(one, tuple)):
        subject = email.message_from_bytes(header)["Subject"]
        flags = " ".join(flag.decode() for flag in imaplib.ParseFlags(top) if flag != b"\\Recent")
        print(f"{flags} {time.mktime(imaplib.Internaldate2tuple(top)):.0f} {subject}")


def set_password(rig, address, password):
    path = rig.dir / "passwords"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(address + ":")]
    fresh = rig.dir / "passwords.new"
    fresh.write_text("\n".join(lines + [f"{address}:{{PLAIN}}{password}"]) + "\n")
    # Dovecot looks at size and whole seconds only: a change within one second needs a different time.
    before = int(path.stat().st_mtime)
    os.utime(fresh, (before + 1,) * 2)
    fresh.rename(path)
    # And it looks once a second: the next sign-in must come in the next second.
    time.sleep(1.02 - time.time() % 1)
