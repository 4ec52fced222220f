"""Certificates for the tests of TLS, made afresh, and servers that use them."""
import ssl
import subprocess

from client import fake


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=%s" % name, "-keyout", "%s.key" % name, "-out", "%s.pem" % name)


def make_certificate(folder, authority, name, extension):
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=%s" % name,
            "-keyout", "%s.key" % name, "-out", "%s.csr" % name)
    (folder / "extension").write_text(extension + "\n")
    openssl(folder, "x509", "-req", "-in", "%s.csr" % name, "-CA", "%s.pem" % authority, "-CAkey", "%s.key" % authority,
            "-CAcreateserial", "-days", "2", "-extfile", "extension", "-out", "%s.pem" % name)


def make_all(folder):
    """ca.pem has signed server.pem (for 127.0.0.1 only) and client.pem; locked.key is client.key with the password secret."""
    make_authority(folder, "ca")
    make_authority(folder, "other")
    make_certificate(folder, "ca", "server", "subjectAltName=IP:127.0.0.1")
    make_certificate(folder, "ca", "client", "extendedKeyUsage=clientAuth")
    openssl(folder, "ec", "-in", "client.key", "-aes256", "-passout", "pass:secret", "-out", "locked.key")


def server(folder, mutual):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    if mutual:
        context.load_verify_locations(folder / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    return fake.Server(context)
