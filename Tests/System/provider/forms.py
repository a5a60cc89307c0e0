"""A person without a browser: follows redirects, fills in forms, presses a button; stops where the way leaves the site."""
import html.parser, http.cookiejar, urllib.error, urllib.parse, urllib.request

BUTTONS = {"allow": [("name", "allow"), ("value", "accept")], "deny": [("value", "Cancel"), ("value", "deny")]}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.inputs, self.words, self.title, self.inside = [], [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        if tag in ["input", "button"]:
            self.inputs.append(dict(attributes, tag=tag))

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data
        self.words += data.split()

    def handle_endtag(self, tag):
        self.inside = None

    def answers(self, person, press):
        """What to post: hidden fields as they are, the person's fields filled in, and the button pressed if it is there."""
        found = {}
        for field in self.inputs:
            name = field.get("name")
            if field.get("type") == "hidden":
                found[name] = field.get("value", "")
            elif name in person:
                found[name] = person[name]
            elif name and any(field.get(key) == value for key, value in BUTTONS[press]):
                found[name] = field.get("value", "")
        return found


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def visit(url, person, press):
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), NoRedirects, urllib.request.ProxyHandler({}))
    site, data = urllib.parse.urlparse(url).netloc, None
    for _ in range(12):
        try:
            with opener.open(urllib.request.Request(url, data), timeout=30) as answer:
                page = Page(answer.read().decode())
        except urllib.error.HTTPError as error:
            if "Location" not in error.headers:
                return dict(address=url, title=str(error), text=error.read().decode(errors="replace"))
            url, data = urllib.parse.urljoin(url, error.headers["Location"]), None
            if urllib.parse.urlparse(url).netloc != site:
                return dict(address=url, title="", text="")
            continue
        if not any(field["tag"] == "button" or field.get("type") == "submit" for field in page.inputs):
            return dict(address=url, title=page.title, text=" ".join(page.words))
        data = urllib.parse.urlencode(page.answers(person, press)).encode()
    raise SystemExit("rig: the forms have no end: " + url)
