"""A person with a browser: Chromium without a window, driven by WebDriver (W3C), the way forms.py goes without one."""
import json, os, signal, subprocess, time, urllib.error, urllib.parse, urllib.request

from .forms import BUTTONS

DRIVER = "chromedriver"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = ["--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--no-proxy-server",
         "--disable-background-networking", "--disable-component-update"]


class Session:
    """One browser with an empty profile, as long as the `with` lasts."""

    def __enter__(self):
        end_with_parent()
        self.driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True, start_new_session=True)
        port = next(line for line in self.driver.stdout if "started successfully on port" in line).split()[-1].strip(".")
        self.base = f"http://127.0.0.1:{port}/session"
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        # Chromium as root has no sandbox of its own.
        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
        started = self.call("POST", "", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": flags}}}})
        self.base += "/" + started["sessionId"]
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            # Python leaves its handlers behind before it ends; the next second's alarm would end it first.
            signal.setitimer(signal.ITIMER_REAL, 0)

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with self.opener.open(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def address(self):
        return self.call("GET", "/url")

    def find(self, selector):
        return [one[ELEMENT] for one in self.call("POST", "/elements", {"using": "css selector", "value": selector})]

    def fill(self, name, text):
        for element in self.find(f"input[name={name}]"):
            self.call("POST", f"/element/{element}/clear", {})
            self.call("POST", f"/element/{element}/value", {"text": text})

    def press(self, element):
        """Clicks, and waits until the next page is there: the answer may take its time."""
        self.call("POST", f"/element/{element}/click", {})
        try:
            while True:
                self.call("GET", f"/element/{element}/name")
                time.sleep(0.02)
        except urllib.error.HTTPError:
            pass
        while self.script("return document.readyState") != "complete":
            time.sleep(0.02)

    def script(self, text):
        return self.call("POST", "/execute/sync", {"script": text, "args": []})


def end_with_parent(seconds=120):
    """Chromium outlives its driver and whoever drove it: so nobody here may be killed before he has closed it."""
    parent, last = os.getppid(), time.monotonic() + seconds

    def look(*_):
        if os.getppid() != parent or time.monotonic() > last:
            raise SystemExit("rig: nobody waits for the browser any longer")

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)


def visit(url, person, press):
    site = urllib.parse.urlparse(url).netloc
    choices = [f"[{key}={value}]" for key, value in BUTTONS[press]]
    with Session() as session:
        session.call("POST", "/url", {"url": url})
        for _ in range(12):
            if urllib.parse.urlparse(session.address()).netloc != site:
                break
            for name, text in person.items():
                if text:
                    session.fill(name, text)
            buttons = session.find(",".join(choices)) or session.find("button[type=submit]")
            if not buttons:
                break
            session.press(buttons[0])
        text = session.script("return document.body.innerText")
        return dict(address=session.address(), title=session.call("GET", "/title"), text=text)
