"""Runs pywa against the sandbox; ends with 1 at the first thing that is not as it should be.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    COBRO_WHATSAPP_API=http://127.0.0.1:7101 COBRO_WHATSAPP_TOKEN=… COBRO_WHATSAPP_PHONE_NUMBER_ID=… \
      COBRO_WHATSAPP_WABA_ID=… COBRO_WHATSAPP_APP_ID=… COBRO_WHATSAPP_APP_SECRET=… COBRO_WHATSAPP_VERIFY_TOKEN=… \
      .venv/bin/python check.py
"""

import http.server
import json
import os
import queue
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from pywa import WhatsApp, errors, handlers, types
from pywa.types import templates as t


def setting(name):
    value = os.environ.get(f"COBRO_WHATSAPP_{name}")
    if not value:
        sys.exit(f"Set COBRO_WHATSAPP_{name}; the sandbox prints it when it is ready.")
    return value


API = setting("API").rstrip("/")
ANA = "5215512345678"

wa = WhatsApp(
    phone_id=setting("PHONE_NUMBER_ID"),
    token=setting("TOKEN"),
    waba_id=setting("WABA_ID"),
    app_id=setting("APP_ID"),
    app_secret=setting("APP_SECRET"),
    verify_token=setting("VERIFY_TOKEN"),
)
# pywa knows one host only: this is the way that it leaves.
wa.api._session.base_url = f"{API}/v25.0"


def ok(what):
    print(f"ok: {what}", flush=True)


def same(actual, expected):
    if actual != expected:
        sys.exit(f"expected {expected!r}, got {actual!r}")


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error
    sys.exit(f"expected {kind.__name__}")


def control(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{API}/sandbox/{path}", data=data, method=method, headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def on_the_phone(wamid):
    """Returns the message as Ana sees it."""
    for _ in range(200):
        for bubble in control("GET", f"customers/{ANA}/phone"):
            if bubble["wamid"] == wamid:
                return bubble
        time.sleep(0.05)
    sys.exit(f"{wamid} never reached the phone")


heard = queue.Queue()


class Ear(http.server.BaseHTTPRequestHandler):
    """A webhook address as pywa's handbook has it: pywa itself verifies, and reads what comes."""

    def do_GET(self):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        text, status = wa.webhook_challenge_handler(vt=asked.get("hub.verify_token"), ch=asked.get("hub.challenge"))
        self.reply(status, text)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        wrong = wa.webhook_update_validator(body, self.headers.get("x-hub-signature-256"))
        if wrong:
            heard.put(wrong)
            return self.reply(wrong[1], wrong[0])
        text, status = wa.webhook_update_handler(body)
        self.reply(status, text)

    def reply(self, status, text):
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def hears(kind):
    """Returns the next update of that kind that pywa made of a webhook."""
    while True:
        try:
            update = heard.get(timeout=20)
        except queue.Empty:
            sys.exit(f"no {kind.__name__} was heard")
        if isinstance(update, tuple):
            sys.exit(f"pywa refused a webhook: {update}")
        if isinstance(update, kind):
            return update


for handler in (
    handlers.MessageHandler,
    handlers.MessageStatusHandler,
    handlers.CallbackButtonHandler,
    handlers.TemplateStatusUpdateHandler,
):
    wa.add_handlers(handler(lambda _, update: heard.put(update)))
ear = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
threading.Thread(target=ear.serve_forever, daemon=True).start()
callback = f"http://127.0.0.1:{ear.server_port}/"

token = wa.api.get_app_access_token(setting("APP_ID"), setting("APP_SECRET"))["access_token"]
wa.api.set_app_callback_url(
    app_id=setting("APP_ID"),
    access_token=token,
    callback_url=callback,
    verify_token=setting("VERIFY_TOKEN"),
    fields=("messages", "message_template_status_update"),
)
ok("callback set and verified")

hello = control("POST", f"customers/{ANA}/messages", {"text": "¿Tienen pastel? 🎂", "name": "Ana López"})
message = hears(types.Message)
same((message.id, message.text, message.from_user.name), (hello["wamid"], "¿Tienen pastel? 🎂", "Ana López"))
same(message.from_user.wa_id, ANA)
ok("webhook signed, and read by pywa")

sent = wa.send_message(to=ANA, text="¡Claro!", tracker="cobro-1")
same(on_the_phone(sent.id)["text"], "¡Claro!")
status = hears(types.MessageStatus)
same((status.id, status.tracker), (sent.id, "cobro-1"))
reply = message.reply(text="¿De qué sabor?", quote=True)
same(on_the_phone(reply.id)["about"], hello["wamid"])
ok("text, status and reply")

asked = wa.send_message(
    to=ANA, text="¿Cuál?", footer="Pastelería", buttons=[types.Button("Rosca", "rosca"), types.Button("Pastel", "pastel")]
)
same([choice["title"] for choice in on_the_phone(asked.id)["choices"]], ["Rosca", "Pastel"])
control("POST", f"customers/{ANA}/tap", {"choice": "Pastel"})
tapped = hears(types.CallbackButton)
same((tapped.data, tapped.reply_to_message.id), ("pastel", asked.id))
listed = wa.send_message(
    to=ANA,
    text="¿Cuándo?",
    buttons=types.SectionList("Ver", [types.Section("Días", [types.SectionRow("Lunes", "1", "de 9 a 2")])]),
)
same(on_the_phone(listed.id)["choices"][0]["description"], "de 9 a 2")
pay = wa.send_message(to=ANA, text="Son $450", buttons=types.URLButton("Pagar $450", "https://buy.test/1"))
same(on_the_phone(pay.id)["button"]["url"], "https://buy.test/1")
ok("buttons, a list, a pay button, and a tap")

created = wa.create_template(
    t.Template(
        name="pago_pywa",
        category=t.TemplateCategory.UTILITY,
        language=t.TemplateLanguage.SPANISH_MEX,
        parameter_format=t.ParamFormat.POSITIONAL,
        components=[
            t.BodyText("Hola {{1}}, tu pedido es de {{2}}. ¡Gracias!", "Ana", "$450.00"),
            t.Buttons(buttons=[t.URLButton(text="Pagar", url="https://buy.test/{{1}}", example="https://buy.test/abc")]),
        ],
    )
)
control("POST", "templates/pago_pywa", {"status": "APPROVED"})
update = hears(t.TemplateStatusUpdate)
same((update.template_name, update.new_status), ("pago_pywa", t.TemplateStatus.APPROVED))
same([one.status for one in wa.get_templates(name="pago_pywa")], [t.TemplateStatus.APPROVED])
parameters = [
    {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "$450.00"}]},
    {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "xyz"}]},
]
template = wa.send_template(
    to=ANA, name="pago_pywa", language=t.TemplateLanguage.SPANISH_MEX, params=parameters
)
same(on_the_phone(template.id)["button"]["url"], "https://buy.test/xyz")
refused(
    errors.TemplateParamCountMismatch,
    lambda: wa.send_template(
        to=ANA, name="pago_pywa", language=t.TemplateLanguage.SPANISH_MEX, params=parameters[1:]
    ),
)
ok(f"template {created.id}")

picture = control("POST", f"customers/{ANA}/messages", {"file": {"sample": "photo", "caption": "Así"}})
message = hears(types.Message)
same((message.id, message.image.caption or message.caption), (picture["wamid"], "Así"))
bytes_of_it = wa.get_media_bytes(url=wa.get_media_url(message.image.id).url)
media = wa.upload_media(bytes_of_it, mime_type="image/jpeg", filename="pastel.jpg")
same(wa.get_media_bytes(url=wa.get_media_url(media.id).url), bytes_of_it)
image = wa.send_image(to=ANA, image=media.id, caption="Tu pastel")
same(on_the_phone(image.id)["file"]["size"], len(bytes_of_it))
same(bool(wa.delete_media(media.id)), True)
ok(f"file of {len(bytes_of_it)} bytes down and up")

wa.send_reaction(to=ANA, emoji="❤️", message_id=hello["wamid"])
for _ in range(200):
    bubble = on_the_phone(hello["wamid"])
    if bubble.get("reactions"):
        break
    time.sleep(0.05)
same(bubble["reactions"], [{"from": "shop", "emoji": "❤️"}])
same(bool(wa.mark_message_as_read(message.id)), True)
same(bool(wa.indicate_typing(message.id)), True)
same(on_the_phone(message.id)["status"], "read")
ok("reaction, read and typing")

refused(errors.InvalidParameter, lambda: wa.send_message(to=ANA, text="x", buttons=[types.Button("x" * 21, "1")]))
control("PUT", "token", {"expires_at": "2020-01-01T00:00:00Z"})
refused(errors.ExpiredAccessToken, lambda: wa.send_message(to=ANA, text="x"))
ok("errors come as pywa knows them")
