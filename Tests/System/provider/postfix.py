"""Postfix as a private instance: one listener a way to sign in, and one a failure."""
import os, pwd, subprocess, time

from .instance import MAIL_UID, free_port

BAD_CERTIFICATES = ["expired", "not-yet-valid", "wrong-name", "other-ca", "self-signed", "missing-intermediate"]
MECHANISMS = ["plain", "login", "scram-sha-256", "xoauth2", "oauthbearer"]


def listeners():
    """Every Postfix listener: NAME -> (implicit TLS, its own settings). A failure is chosen by port."""
    found = {}

    def both(name, **settings):
        found[f"{name}_TLS"] = (True, settings)
        found[f"{name}_STARTTLS"] = (False, settings)

    both("SMTP")
    for mechanism in MECHANISMS:
        both("ONLY_" + mechanism.upper().replace("-", "_"), smtpd_sasl_mechanism_filter=mechanism)
    for bad in BAD_CERTIFICATES:
        both(bad.upper().replace("-", "_"), smtpd_tls_cert_file=f"{{certs}}/{bad}.pem",
             smtpd_tls_key_file=f"{{certs}}/{bad}.key")
    both("BARE", smtpd_discard_ehlo_keywords="pipelining,size,etrn,enhancedstatuscodes,8bitmime,dsn,smtputf8,chunking")
    both("SENDER_CHECKED", smtpd_sender_restrictions="reject_sender_login_mismatch",
         smtpd_sender_login_maps="regexp:{dir}/postfix/sender-logins")
    # Where the tokens of the second token server are good.
    toolkit = dict(smtpd_sasl_path="private/auth-toolkit")
    both("TOOLKIT", **toolkit)
    found["TOOLKIT_IDLE_2S_TLS"] = (True, dict(toolkit, smtpd_timeout="2s"))
    found["TOOLKIT_SENDER_CHECKED_TLS"] = (True, dict(
        toolkit, smtpd_sender_restrictions="reject_sender_login_mismatch",
        smtpd_sender_login_maps="regexp:{dir}/postfix/sender-logins"))
    trusting = dict(mynetworks="127.0.0.0/8", smtpd_relay_restrictions="permit_mynetworks, reject")
    clear = dict(smtpd_tls_security_level="none", smtpd_tls_auth_only="no")
    # A smart host that knows this machine by its address.
    found["SMART_HOST"] = (False, dict(clear, smtpd_sasl_auth_enable="no", **trusting))
    # AUTH in the clear and no STARTTLS: a man in the middle, or a very old server.
    found["NO_STARTTLS"] = (False, clear)
    found["NO_AUTH_STARTTLS"] = (False, dict(smtpd_sasl_auth_enable="no"))
    found["IDLE_2S_TLS"] = (True, dict(smtpd_timeout="2s"))
    found["DISK_FULL_TLS"] = (True, dict(queue_minfree="9000000000000"))
    found["SMALL_TLS"] = (True, dict(message_size_limit="20000"))
    found["BANNER_421_TLS"] = (True, dict(
        smtpd_delay_reject="no", smtpd_client_restrictions="check_client_access static:{{421 4.3.2 Closed for lunch}}"))
    found["MAIL_451_TLS"] = (True, dict(
        smtpd_delay_reject="no", smtpd_sender_restrictions="check_sender_access static:{{451 4.3.0 Try later}}"))
    found["FEW_CONNECTIONS_TLS"] = (True, dict(
        smtpd_client_connection_count_limit="2", smtpd_client_event_limit_exceptions=""))
    return found


MAIN_CF = """
compatibility_level = 3.6
queue_directory = {dir}/postfix/queue
data_directory = {dir}/postfix/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
myhostname = mx.provider.test
inet_interfaces = 127.0.0.1
inet_protocols = all
mydestination =
# Empty, or loopback clients may relay without signing in.
mynetworks =
# Else Postfix completes and rewrites headers itself, and hides a relay that forgot to.
local_header_rewrite_clients =
always_add_missing_headers = no
message_drop_headers =
alias_maps =
alias_database =
default_transport = virtual
relay_transport = virtual
local_transport = virtual
virtual_mailbox_base = {dir}
virtual_mailbox_maps = static:arrived/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
virtual_mailbox_limit = 0
message_size_limit = 70000000
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certs}/good.pem
smtpd_tls_key_file = {certs}/good.key
smtpd_tls_loglevel = 1
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{dir}/postfix/recipients, permit
smtpd_data_restrictions = check_sender_access regexp:{dir}/postfix/data-senders
smtpd_end_of_data_restrictions = check_recipient_access regexp:{dir}/postfix/end-recipients
smtpd_restriction_classes = slow1, slow3
slow1 = sleep 1
slow3 = sleep 3
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
default_process_limit = 100
in_flow_delay = 0
# Queue ids that sort by time of arrival.
enable_long_queue_ids = yes
"""

SERVICES = """
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def write(rig, taken):
    base = rig.dir / "postfix"
    owner = pwd.getpwnam("postfix")
    postdrop = int(subprocess.check_output(["getent", "group", "postdrop"], text=True).split(":")[2])
    for name in "active bounce corrupt defer deferred flush hold incoming private saved trace".split():
        (base / "queue" / name).mkdir(parents=True)
        os.chown(base / "queue" / name, owner.pw_uid, -1)
        (base / "queue" / name).chmod(0o700)
    for name, mode, group in [("maildrop", 0o1730, postdrop), ("public", 0o2710, postdrop)]:
        (base / "queue" / name).mkdir()
        os.chown(base / "queue" / name, owner.pw_uid, group)
        (base / "queue" / name).chmod(mode)
    (base / "queue" / "pid").mkdir()
    (base / "data").mkdir()
    os.chown(base / "data", owner.pw_uid, owner.pw_gid)
    arrived = rig.dir / "arrived"
    for name in ["", "new", "cur", "tmp"]:
        (arrived / name).mkdir()
        os.chown(arrived / name, MAIL_UID, MAIL_UID)
    fill = dict(dir=rig.dir, certs=rig.dir / "certs", uid=MAIL_UID)
    rig.write("postfix/main.cf", MAIN_CF.format(**fill))
    rig.write("postfix/recipients", """
/^defer450@/    450 4.2.1 Mailbox busy
/^reject550@/   550 5.1.1 No such user here
/^close421@/    421 4.3.2 Going down
/^slow1@/       slow1
""")
    rig.write("postfix/data-senders", "/^d451@/ 451 4.3.0 Not now\n")
    rig.write("postfix/end-recipients", "/^endslow3@/ slow3\n/^end554@/ 554 5.6.0 This content is not wanted\n")
    # shared.ada@corp.test is a shared mailbox, and ada@corp.test may use it.
    rig.write("postfix/sender-logins", "/^shared\\.(.*)$/ $1\n/^(.*)$/ $1\n")
    lines = [SERVICES]
    for name, (implicit, settings) in listeners().items():
        port = free_port(taken)
        rig.env[f"PORT_{name}"] = port
        settings = dict(settings)
        if implicit:
            settings["smtpd_tls_wrappermode"] = "yes"
        for address in ["127.0.0.1", "[::1]"] if name.startswith("SMTP") else ["127.0.0.1"]:
            lines.append(f"{address}:{port} inet n - n - - smtpd\n")
            for key, value in settings.items():
                lines.append(f"  -o {{{key}={value.format(**fill)}}}\n")
    # For Dovecot's submission service: no TLS, no sign-in.
    relay = rig.env["PORT_DOVECOT_RELAY"] = free_port(taken)
    lines.append(f"127.0.0.1:{relay} inet n - n - - smtpd\n  -o smtpd_tls_security_level=none\n"
                 "  -o smtpd_sasl_auth_enable=no\n  -o mynetworks=127.0.0.0/8\n"
                 "  -o {smtpd_relay_restrictions=permit_mynetworks, reject}\n")
    rig.write("postfix/master.cf", "".join(lines))
    # Postfix waits for its configuration to be a second or two old.
    for path in base.glob("*"):
        if path.is_file():
            os.utime(path, (time.time() - 60,) * 2)
    rig.env["ARRIVED"] = arrived / "new"
    log = rig.env["POSTFIX_LOG"] = rig.write("postfix.log", "")
    os.chown(log, owner.pw_uid, -1)


def run(rig):
    subprocess.run(["/usr/lib/postfix/sbin/master", "-w"], check=True, stdin=subprocess.DEVNULL,
                   env=dict(os.environ, MAIL_CONFIG=str(rig.dir / "postfix")), cwd=rig.dir / "postfix" / "queue")
    rig.env["PID_POSTFIX"] = (rig.dir / "postfix/queue/pid/master.pid").read_text().strip()
