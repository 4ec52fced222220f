"""Every view with its address and what must be read on it."""
from urllib.parse import quote

from data import SCRIPT

ORDERS = "/subjects/orders-value"

# name, address below /ui, texts that must be there
VIEWS = [
    ("overview", "/", ["orders-value", "payments-value", ".staging"]),
    ("overview-filtered", "/?q=value&type=PROTOBUF&sort=-changed", ["payments-value", "1 match"]),
    ("subject", ORDERS, ["orderId", "timestamp-millis", "In cents", "checkout", "PII"]),
    ("subject-text", ORDERS + "/versions/4?view=text", ["\"fields\"", "shop.Money"]),
    ("subject-protobuf", "/subjects/payments-value", ["order_id", "int64"]),
    ("subject-json", "/subjects/customers-value", ["customerId", "As written on a parcel"]),
    ("subject-context", "/subjects/" + quote(":.staging:orders-value", safe=""), [".staging", "orderId"]),
    ("compare", ORDERS + "/diff?from=2&to=3", ["total", "v3 reads v2", "Safe"]),
    ("compare-breaking", ORDERS + "/diff?from=4&to=5", ["customerId", "Breaks"]),
    ("matrix", ORDERS + "/matrix", ["reader", "writer", "v5"]),
    ("references", ORDERS + "/references", ["shop.Address", "shop.Money", "As a list"]),
    ("history", ORDERS + "/history", ["registered", "version 5", "anonymous"]),
    ("subject-settings", "/subjects/invoices-value/settings", ["In force", "FULL_TRANSITIVE", "What full transitive would do here"]),
    ("try", ORDERS + "/try", ["No change yet", "Start over|Register"]),
    ("new-schema", "/try?subject=new-value", ["New schema", "Accepted"]),
    ("search", "/search?q=postcode", ["postcode", "shop.Address", "As the country writes it"]),
    ("search-nothing", "/search?q=zzzzqqq", ["Nothing is called"]),
    ("graph", "/graph", ["invoices-value", "shop.Money"]),
    ("activity", "/activity", ["registered", "orders-value"]),
    ("refusals", "/refusals", ["orders-value", "1 finding"]),
    ("refusal", "/refusals/1", ["channel", "Fix it", "See it happen"]),
    ("message", "/message?data=00000000020a&subject=orders-value", ["magic byte"]),
    ("rules", "/rules", ["Avro", "Protobuf", "JSON Schema", "AVRO-"]),
    ("rule", "/rules/AVRO-FIELD-NO-DEFAULT", ["An example", "default"]),
    ("settings", "/settings", ["In force", "BACKWARD", "This server"]),
    ("script-name", "/subjects/" + quote(SCRIPT, safe=""), [SCRIPT, "<b>bold</b><script>alert(3)</script>"]),
    ("unknown-subject", "/subjects/nothing-here", ["There is no subject of this name"]),
    ("unknown-page", "/nowhere/at/all", ["There is no page at this address"]),
]

# What the browser itself notes of answers that are meant to be errors: they are part of the pages named.
EXPECTED_ERRORS = {
    "unknown-subject": ("404",),
    "new-schema": ("404",),           # is the subject there already?
    "subject-settings": ("404",),     # what is not set for this subject alone
    "settings": ("404",),
    "subject": (), "search-nothing": (),
}

# Pages that pages of the same kind stand for are not all shown in the dark, or to axe-core twice.
DARK = ("overview", "subject", "compare-breaking", "try", "refusal", "message", "references", "subject-settings", "rule")
