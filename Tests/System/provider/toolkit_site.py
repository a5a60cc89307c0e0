"""django-oauth-toolkit as one small site: people sign in and consent in forms, any port of a loopback redirect will do.

  toolkit_site.py migrate FILE    a database with its tables, made once and copied
  toolkit_site.py serve DIR       on DIR/settings.json and DIR/toolkit.db, until ended
Runs in the virtual environment that scripts/need-packages makes.
"""
import json, pathlib, sys, time

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path

VERB, WHERE = sys.argv[1], pathlib.Path(sys.argv[2])
DATABASE = WHERE if VERB == "migrate" else WHERE / "toolkit.db"
GIVEN = json.loads((WHERE / "settings.json").read_text()) if VERB == "serve" else dict.fromkeys(
    ["base", "password", "rsa", "applications"], "")
PAGE = "<!doctype html><title>Provider</title>{% block content %}{% endblock %}"
LOGIN = "{% extends 'oauth2_provider/base.html' %}{% block content %}<form method=post>{% csrf_token %}{{ form }}" \
    "<button type=submit>Sign in</button></form>{% endblock %}"

settings.configure(
    SECRET_KEY="the rig's", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1", "localhost"], USE_TZ=True,
    LOGIN_URL="/login/", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    MIDDLEWARE=[f"{__name__}.watched", "django.contrib.sessions.middleware.SessionMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    AUTHENTICATION_BACKENDS=[f"{__name__}.AnyAddress"],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.sqlite3", "NAME": str(DATABASE), "OPTIONS": {"timeout": 20}}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {
        "context_processors": ["django.template.context_processors.request"],
        "loaders": [("django.template.loaders.locmem.Loader", {
            # The package's own page fetches a style sheet from far away.
            "oauth2_provider/base.html": PAGE, "registration/login.html": LOGIN,
        }), "django.template.loaders.app_directories.Loader"]}}],
    OAUTH2_PROVIDER={
        "PKCE_REQUIRED": True, "ALLOW_LOCALHOST_LOOPBACK": True, "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
        # A refresh token works once; a second time it ends all that came of it, whoever did not get the answer.
        "ROTATE_REFRESH_TOKEN": True, "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "OIDC_ENABLED": True, "OIDC_RSA_PRIVATE_KEY": GIVEN["rsa"], "OIDC_ISS_ENDPOINT": GIVEN["base"] + "/o",
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator", "DEVICE_FLOW_INTERVAL": 1,
        "OAUTH_DEVICE_VERIFICATION_URI": GIVEN["base"] + "/o/device/", "DEFAULT_SCOPES": ["openid", "mail"],
        "SCOPES": {"openid": "Who you are", "mail": "Send mail as you", "mail.sendas": "Send mail as anyone",
                   "introspection": "Look at tokens"},
    })
django.setup()

from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.management import call_command
from oauth2_provider import urls
from oauth2_provider.models import Application
from oauth2_provider.oauth2_validators import OAuth2Validator

urlpatterns = [path("login/", LoginView.as_view()), path("o/", include(urls)), path("", include(urls.metadata_urlpatterns))]


class AnyAddress:
    """Whoever knows the rig's password is the person with that address."""

    def authenticate(self, request, username=None, password=None):
        if password == GIVEN["password"]:
            return User.objects.get_or_create(username=username, defaults={"email": username})[0]

    def get_user(self, pk):
        return User.objects.filter(pk=pk).first()


class Validator(OAuth2Validator):
    """The id token tells the address, as the large providers' do."""
    oidc_claim_scope = None

    def get_additional_claims(self, request):
        return {"email": request.user.username, "preferred_username": request.user.username}


def watched(answer):
    """Each request at the token endpoint and at introspection leaves two lines in `steps`, before and after.

    A test that writes a step's name into `hold` stops the server there until it removes the file: at "asked" nothing
    has happened yet, and nothing will; at "answered" the tokens are made and only the answer has not gone out.
    """
    def step(line):
        with open(WHERE / "steps", "a") as steps:
            steps.write(line + "\n")
        held = False
        while is_held(line):
            held = True
            time.sleep(0.01)
        return held

    def is_held(line):
        try:
            return line.startswith((WHERE / "hold").read_text().strip() or " ")
        except FileNotFoundError:
            return False

    def middleware(request):
        endpoint = request.path.strip("/").split("/")[-1]
        if endpoint not in ["token", "introspect"]:
            return answer(request)
        name = f"{endpoint} {request.POST.get('grant_type', '')}".strip()
        if step(f"asked {name}"):
            return HttpResponse(status=503)
        response = answer(request)
        step(f"answered {name} {response.status_code}")
        return response

    return middleware


if VERB == "migrate":
    call_command("migrate", verbosity=0)
else:
    for application in GIVEN["applications"]:
        Application.objects.create(**application)
    call_command("runserver", GIVEN["base"].removeprefix("http://"), use_reloader=False, skip_checks=True)
