"""Dovecot as a private instance: checks sign-ins for Postfix, and is a second submission server itself."""
import os, subprocess, time

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
    subprocess.run(["dovecot", "-c", str(rig.dir / "dovecot/dovecot.conf")], check=True, stdin=subprocess.DEVNULL)
    # dovecot returns before its daemon has written this.
    pid = rig.dir / "dovecot/run/master.pid"
    for _ in range(100):
        if pid.exists() and pid.read_text().strip():
            break
        time.sleep(0.05)
    rig.env["PID_DOVECOT"] = pid.read_text().strip()


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
