"""Makes vectors.json out of foreign implementations. Run in a virtual environment:

    pip install django passlib argon2-cffi 'bcrypt<5'
    python test/wire/password/make-vectors.py > test/wire/password/vectors.json

Costs are low so that the tests are quick. Keycloak and Elytron are not Python: their containers are written here by their
documentation, around hashes of hashlib and argon2-cffi.
"""

import base64
import hashlib
import json
import secrets
import warnings

import django
from argon2.low_level import Type, hash_secret, hash_secret_raw
from django.conf import settings

warnings.simplefilter("ignore")
settings.configure(USE_I18N=False)
django.setup()
from django.contrib.auth import hashers  # noqa: E402
from passlib.hash import (  # noqa: E402
    bcrypt,
    ldap_md5,
    ldap_pbkdf2_sha1,
    ldap_pbkdf2_sha256,
    ldap_pbkdf2_sha512,
    ldap_salted_md5,
    ldap_salted_sha1,
    ldap_salted_sha256,
    ldap_salted_sha512,
    ldap_sha1,
    ldap_sha512_crypt,
    pbkdf2_sha1,
    pbkdf2_sha256,
    pbkdf2_sha512,
    sha256_crypt,
    sha512_crypt,
)

PASSWORD = "p\u00e4ssword \u20ac"
RAW = PASSWORD.encode()


def b64(data):
    return base64.b64encode(data).decode()


def keycloak(value, salt, iterations, algorithm, parameters, nested):
    secret = {"value": b64(value), "salt": b64(salt), "additionalParameters": {}}
    data = {"hashIterations": iterations, "algorithm": algorithm, "additionalParameters": parameters}
    if not nested:
        secret, data = json.dumps(secret), json.dumps(data)
    return json.dumps(
        {"id": "6d0e", "type": "password", "createdDate": 1700000000000, "secretData": secret, "credentialData": data}
    )


def packed(number):
    groups = [number & 0x7F]
    while number > 0x7F:
        number >>= 7
        groups.append(0x80 | (number & 0x7F))
    return bytes(reversed(groups))


def elytron(algorithm, spec):
    return "{elytron:%s}%s" % (algorithm, b64(spec))


def bcrypt_bytes(text):
    standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    own = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    translated = "".join(standard[own.index(c)] for c in text)
    return base64.b64decode(translated + "=" * (-len(translated) % 4))


def django_vectors():
    class Cheap256(hashers.PBKDF2PasswordHasher):
        iterations = 1000

    class Cheap1(hashers.PBKDF2SHA1PasswordHasher):
        iterations = 1000

    class CheapBcrypt256(hashers.BCryptSHA256PasswordHasher):
        rounds = 4

    class CheapBcrypt(hashers.BCryptPasswordHasher):
        rounds = 4

    class CheapArgon2(hashers.Argon2PasswordHasher):
        time_cost, memory_cost, parallelism = 1, 64, 2

    class CheapScrypt(hashers.ScryptPasswordHasher):
        work_factor = 2**8

    for hasher in (Cheap256, Cheap1, CheapBcrypt256, CheapBcrypt, CheapArgon2, CheapScrypt, hashers.MD5PasswordHasher):
        made = hasher()
        yield "Django", made.encode(PASSWORD, made.salt())
    digest = hashlib.sha1(b"saltsalt" + RAW).hexdigest()
    yield "Django before 5.1", f"sha1$saltsalt${digest}"


def passlib_vectors():
    for scheme in (sha256_crypt, sha512_crypt, ldap_sha512_crypt):
        yield "passlib", scheme.using(rounds=1000).hash(PASSWORD)
        yield "passlib", scheme.using(rounds=5000).hash(PASSWORD)
    for ident in ("2a", "2b", "2y"):
        yield "passlib", bcrypt.using(rounds=4, ident=ident).hash(PASSWORD)
    for scheme in (pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512, ldap_pbkdf2_sha1, ldap_pbkdf2_sha256, ldap_pbkdf2_sha512):
        yield "passlib", scheme.using(rounds=1000).hash(PASSWORD)
    for scheme in (ldap_md5, ldap_sha1, ldap_salted_md5, ldap_salted_sha1, ldap_salted_sha256, ldap_salted_sha512):
        yield "passlib", scheme.hash(PASSWORD)


def keycloak_vectors():
    salt = secrets.token_bytes(16)
    for algorithm, digest in (("pbkdf2", "sha1"), ("pbkdf2-sha256", "sha256"), ("pbkdf2-sha512", "sha512")):
        value = hashlib.pbkdf2_hmac(digest, RAW, salt, 1000, 64)
        for nested in (False, True):
            yield "Keycloak", keycloak(value, salt, 1000, algorithm, {}, nested)
    for name, kind in (("id", Type.ID), ("i", Type.I), ("d", Type.D)):
        value = hash_secret_raw(RAW, salt, 2, 64, 1, 32, kind)
        parameters = {"hashLength": ["32"], "memory": ["64"], "type": [name], "version": ["1.3"], "parallelism": ["1"]}
        yield "Keycloak", keycloak(value, salt, 2, "argon2", parameters, False)


def elytron_vectors():
    salt = secrets.token_bytes(12)
    yield "Elytron", elytron("clear", b"\x01" + RAW)
    for name, digest in (("md5", "md5"), ("sha-1", "sha1"), ("sha-256", "sha256"), ("sha-384", "sha384"), ("sha-512", "sha512")):
        yield "Elytron", elytron(f"simple-digest-{name}", b"\x03" + hashlib.new(digest, RAW).digest())
        spec = b"\x04" + packed(len(salt)) + salt
        yield "Elytron", elytron(f"password-salt-digest-{name}", spec + hashlib.new(digest, RAW + salt).digest())
        yield "Elytron", elytron(f"salt-password-digest-{name}", spec + hashlib.new(digest, salt + RAW).digest())
    scram = b"\x05" + packed(4096) + packed(len(salt)) + salt
    yield "Elytron", elytron("scram-sha-256", scram + hashlib.pbkdf2_hmac("sha256", RAW, salt, 4096))
    made = bcrypt.using(rounds=4, ident="2b").hash(PASSWORD)
    salt_text, hash_text = made[7:29], made[29:]
    spec = b"\x05" + packed(4) + packed(16) + bcrypt_bytes(salt_text)[:16] + bcrypt_bytes(hash_text)[:23]
    yield "Elytron", elytron("bcrypt", spec)


def argon2_vectors():
    for kind in (Type.ID, Type.I, Type.D):
        text = hash_secret(RAW, secrets.token_bytes(16), 1, 64, 1, 32, kind).decode()
        yield "argon2-cffi", text
        yield "argon2-cffi", "{ARGON2}" + text


sources = (django_vectors, passlib_vectors, keycloak_vectors, elytron_vectors, argon2_vectors)
vectors = [{"from": origin, "stored": stored} for source in sources for origin, stored in source()]
print(json.dumps({"password": PASSWORD, "vectors": vectors}, indent=2, ensure_ascii=False))
