"""An HTTPS proxy for programs that know no endpoint setting: every CONNECT ends at one HTTPS server.

The server has a certificate of a test CA for the names of the AWS endpoints, so that HTTPS_PROXY and
the environment variable for the CA are all that such a program needs. The proxy only moves bytes.
"""

from __future__ import annotations

import asyncio
import subprocess
import threading
from pathlib import Path

NAMES = [f"{service}.*.amazonaws.com" for service in ("ecs", "ec2", "ssm", "sts")]


def make_certificates(folder: Path, region: str) -> None:
    """ca.pem, and server.pem with server.key for the endpoints of `region`."""
    names = ",".join("DNS:" + name.replace("*", region) for name in NAMES)
    (folder / "names").write_text(f"subjectAltName={names}\n")
    key = ["-newkey", "rsa:2048", "-nodes"]

    def openssl(*args: str) -> None:
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "7", "-subj", "/CN=bench CA")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=bench")
    signer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"]
    openssl("x509", "-req", "-in", "server.csr", *signer, "-out", "server.pem", "-days", "7")


class HttpsProxy:
    """Runs on a thread of its own until stopped."""

    def __init__(self, port: int) -> None:
        """`port` is where the HTTPS server listens on 127.0.0.1."""
        self._target = port
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0)
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"CONNECT "):
                writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(self._move(reader, back), self._move(there, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @staticmethod
    async def _move(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 18):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
