"""A mail server for the tests: aiosmtpd, which speaks the protocol, TLS and AUTH; here stands only what it is told to do.

Argument: JSON with `port` (0: any), `tls` ("implicit", "starttls" or "none"), `cert` and `key` (PEM files), `user` and
`password` (or null), `out` (a directory). Prints the port once it listens, ends when its input does.

What it is asked goes into `out`/commands, a line each; what it takes, into files of its own. It refuses who begins with
`gone` for good (550), who begins with `later` for now (451), unless there is a file `out`/lenient.
"""

import asyncio
import json
import pathlib
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult

settings = json.loads(sys.argv[1])
out = pathlib.Path(settings["out"])


class Handler:
    def __init__(self):
        self.commands = (out / "commands").open("a")
        self.taken = len(list(out.glob("*.eml")))

    def note(self, session, command):
        secure = settings["tls"] == "implicit" or session.ssl is not None
        self.commands.write(f"{command} {'under TLS' if secure else 'in clear'}\n")
        self.commands.flush()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.note(session, "EHLO")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.note(session, "MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.note(session, "RCPT")
        strict = not (out / "lenient").exists()
        if strict and address.startswith("gone"):
            return f"550 5.1.1 <{address}> is not here"
        if strict and address.startswith("later"):
            return f"451 4.2.1 <{address}> is busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.note(session, "DATA")
        self.taken += 1
        aside = out / "taking"
        aside.write_bytes(envelope.content)
        aside.rename(out / f"{self.taken:04}.eml")
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.note(session, "AUTH")
        told = (data.login.decode(), data.password.decode())
        right = told == (settings["user"], settings["password"])
        return AuthResult(success=right, handled=right)


async def main():
    loop = asyncio.get_running_loop()
    context = None
    if settings["tls"] != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["cert"], settings["key"])
    implicit = settings["tls"] == "implicit"
    handler = Handler()

    def connection():
        return SMTP(
            handler,
            hostname="mail.test",
            loop=loop,
            tls_context=None if implicit else context,
            require_starttls=settings["tls"] == "starttls",
            authenticator=handler.authenticate,
            auth_required=settings["user"] is not None,
            # It counts only a TLS that was begun by STARTTLS.
            auth_require_tls=settings["tls"] == "starttls",
        )

    server = await loop.create_server(
        connection, "127.0.0.1", settings["port"], ssl=context if implicit else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()

    def wait():
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    await ended.wait()


asyncio.run(main())
