"""A Shopify webhook is believed only with its signature, as Shopify documents it."""

import base64
import hashlib
import hmac

from activities.adapters.shopify.orders import ShopifyOrders

BODY = '{"id": 1, "note": "Grüße"}'.encode()
HEADER = "x-shopify-hmac-sha256"


def signature(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_the_right_signature_is_believed():
    assert ShopifyOrders("hush").verify(BODY, {HEADER: signature(BODY, "hush")})


def test_a_known_signature_keeps_its_value():
    # Computed with openssl: printf %s '{"id":1}' | openssl dgst -sha256 -hmac hush -binary | base64
    assert ShopifyOrders("hush").verify(b'{"id":1}', {HEADER: "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY="})


def test_another_secrets_signature_is_not_believed():
    assert not ShopifyOrders("hush").verify(BODY, {HEADER: signature(BODY, "guess")})


def test_a_changed_body_is_not_believed():
    assert not ShopifyOrders("hush").verify(BODY + b" ", {HEADER: signature(BODY, "hush")})


def test_a_missing_signature_is_not_believed():
    assert not ShopifyOrders("hush").verify(BODY, {})


def test_a_signature_that_is_not_ascii_is_not_believed():
    assert not ShopifyOrders("hush").verify(BODY, {HEADER: "geheim-ß"})


def test_without_a_secret_nothing_is_checked():
    assert ShopifyOrders().verify(BODY, {})
