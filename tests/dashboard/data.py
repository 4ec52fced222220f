"""What the dashboard is shown with: a small shop in all three formats, with references, a history, refusals and odd names."""
import json
import threading
from urllib.parse import quote

SCRIPT = "<script>alert(1)</script>"
MANY = 10000


def send(connection, method, path, body=None, status=200):
    answer = connection.request(method, path, body)
    if answer.status != status:
        raise AssertionError("%s %s: %r" % (method, path, answer))
    return answer.json


def register(connection, subject, schema, schema_type="AVRO", references=(), metadata=None, status=200):
    body = {"schema": schema if isinstance(schema, str) else json.dumps(schema), "schemaType": schema_type,
            "references": list(references)}
    if metadata:
        body["metadata"] = {"properties": metadata}
    return send(connection, "POST", "/subjects/%s/versions" % quote(subject, safe=""), body, status)


ADDRESS = {"type": "record", "name": "Address", "namespace": "shop", "doc": "Where something is sent", "fields": [
    {"name": "street", "type": "string", "confluent:tags": ["PII"]},
    {"name": "city", "type": "string"},
    {"name": "postcode", "type": "string", "doc": "As the country writes it"},
    {"name": "country", "type": "string", "default": "DE", "doc": "ISO 3166-1 alpha-2"}]}
MONEY = {"type": "record", "name": "Money", "namespace": "shop", "fields": [
    {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}},
    {"name": "currency", "type": "string", "doc": "ISO 4217"}]}
CUSTOMER = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Customer", "type": "object", "properties": {
    "customerId": {"type": "integer"}, "name": {"type": "string", "description": "As written on a parcel"},
    "email": {"type": "string", "format": "email"}}, "required": ["customerId", "name"], "additionalProperties": False}
EVIL = {"type": "record", "name": "Evil", "doc": "<img src=x onerror=alert(2)>", "fields": [
    {"name": "a", "type": "string", "doc": "<b>bold</b><script>alert(3)</script>"}]}
PAYMENT = """syntax = "proto3";
package shop;

message Payment {
  int64 order_id = 1;
  int64 amount = 2;
  string currency = 3;
  Method method = 4;%s

  enum Method {
    UNKNOWN = 0;
    CARD = 1;
    TRANSFER = 2;
  }
}
"""
TO_ADDRESS = [{"name": "shop.Address", "subject": "shop.Address", "version": 1}]
TO_BOTH = TO_ADDRESS + [{"name": "shop.Money", "subject": "shop.Money", "version": 1}]


def order(*more, total="long", without=()):
    fields = [
        {"name": "orderId", "type": "long", "doc": "Unique for ever"},
        {"name": "customerId", "type": "long"},
        {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["PLACED", "PAID", "SHIPPED"],
                                    "default": "PLACED"}},
        {"name": "total", "type": total, "doc": "In cents"},
        {"name": "placedAt", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "shipTo", "type": "shop.Address"}]
    return {"type": "record", "name": "Order", "namespace": "shop", "doc": "A customer has ordered something",
            "fields": [field for field in fields if field["name"] not in without] + list(more)}


EMAIL = {"name": "email", "type": ["null", "string"], "default": None, "doc": "For the receipt", "confluent:tags": ["PII"]}
LINES = {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
    {"name": "sku", "type": "string"}, {"name": "quantity", "type": "int", "default": 1},
    {"name": "price", "type": "shop.Money"}]}}, "default": []}


def owner(team, description):
    return {"owner": team, "description": description}


def register_orders(connection):
    about = owner("checkout", "One event for each order")
    for schema, references in (
            (order(total="int"), TO_ADDRESS), (order(EMAIL, total="int"), TO_ADDRESS), (order(EMAIL), TO_ADDRESS),
            (order(EMAIL, LINES), TO_BOTH), (order(EMAIL, LINES, without=("customerId",)), TO_BOTH)):
        register(connection, "orders-value", schema, references=references, metadata=about)


def fill(connection):
    """About twenty subjects."""
    register(connection, "shop.Address", ADDRESS, metadata=owner("logistics", "Where something is sent"))
    register(connection, "shop.Money", MONEY, metadata=owner("billing", "An amount with its currency"))
    register_orders(connection)
    invoice = {"type": "record", "name": "Invoice", "namespace": "shop", "fields": [
        {"name": "invoiceId", "type": "string"}, {"name": "sum", "type": "shop.Money"}, {"name": "billTo", "type": "shop.Address"}]}
    register(connection, "invoices-value", invoice, references=TO_BOTH, metadata=owner("billing", "What is to be paid"))
    send(connection, "PUT", "/config/invoices-value", {"compatibility": "FULL_TRANSITIVE"})
    for more in ("", "\n  string reference = 5;"):
        register(connection, "payments-value", PAYMENT % more, "PROTOBUF", metadata=owner("billing", "Money that came in"))
    register(connection, "customers-value", CUSTOMER, "JSON", metadata=owner("accounts", "Who orders"))
    register(connection, ":.staging:orders-value", order(without=("shipTo",)))
    register(connection, SCRIPT, EVIL)
    for i, name in enumerate(("shipments", "returns", "carts", "stock-levels", "prices", "reviews", "clicks", "sessions",
                              "logins", "refunds", "vouchers", "suppliers", "parcels")):
        for n in range(1 + i % 4):
            fields = [{"name": "id", "type": "string"}] + [
                {"name": "extra%d" % k, "type": ["null", "string"], "default": None} for k in range(n)]
            register(connection, name + "-value", {"type": "record", "name": name.title().replace("-", ""), "fields": fields})
    send(connection, "PUT", "/config/clicks-value", {"compatibility": "NONE"})
    send(connection, "PUT", "/mode/sessions-value", {"mode": "READONLY"})
    send(connection, "DELETE", "/subjects/vouchers-value")
    channel = {"name": "channel", "type": "string"}
    register(connection, "orders-value", order(EMAIL, LINES, channel, without=("customerId",)), references=TO_BOTH, status=409)


def fill_many(server, n=MANY, connections=4):
    """Many small subjects, as a large installation has them."""
    def work(first):
        connection = server.connect()
        for i in range(first, n, connections):
            schema = {"type": "record", "name": "Event%d" % i, "namespace": "team%d" % (i % 50), "fields": [
                {"name": "id", "type": "long"}, {"name": "field%d" % i, "type": "string"}]}
            register(connection, "team%d.topic-%05d-value" % (i % 50, i), schema)
        connection.close()
    threads = [threading.Thread(target=work, args=(first,)) for first in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
