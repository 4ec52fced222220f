/* Schemas to begin with: what an empty registry is filled with on request, and what a new schema starts from. */
import { ask, type SchemaType, segment } from "./api";

/** Examples live in a context of their own, so that they are apart from what is real. */
export const EXAMPLES = ".examples";

const address = {
	type: "record",
	name: "Address",
	namespace: "shop",
	doc: "Where something is sent",
	fields: [
		{ name: "street", type: "string", "confluent:tags": ["PII"] },
		{ name: "city", type: "string" },
		{ name: "postcode", type: "string", doc: "As the country writes it" },
		{ name: "country", type: "string", doc: "ISO 3166-1 alpha-2", default: "DE" },
	],
};

const orderFields = [
	{ name: "orderId", type: "long", doc: "Unique for ever" },
	{ name: "customerId", type: "long" },
	{
		name: "status",
		type: { type: "enum", name: "Status", symbols: ["PLACED", "PAID", "SHIPPED"], default: "PLACED" },
	},
	{ name: "total", type: "int", doc: "In cents" },
	{ name: "shipTo", type: "shop.Address" },
];

const order = (fields: unknown[]) => ({
	type: "record",
	name: "Order",
	namespace: "shop",
	doc: "A customer has ordered something",
	fields,
});

const email = {
	name: "email",
	type: ["null", "string"],
	default: null,
	doc: "For the receipt",
	"confluent:tags": ["PII"],
};
const widened = orderFields.map((field) => (field.name === "total" ? { ...field, type: "long" } : field));

const payment = (extra: string) => `syntax = "proto3";
package shop;

// Money that came in.
message Payment {
  int64 order_id = 1;
  int64 amount = 2;
  string currency = 3;
  Method method = 4;${extra}

  enum Method {
    UNKNOWN = 0;
    CARD = 1;
    TRANSFER = 2;
  }
}
`;

const customer = {
	$schema: "http://json-schema.org/draft-07/schema#",
	title: "Customer",
	description: "Who orders",
	type: "object",
	properties: {
		customerId: { type: "integer" },
		name: { type: "string", description: "As it is to be written on a parcel" },
		email: { type: "string", format: "email" },
		newsletter: { type: "boolean", default: false },
	},
	required: ["customerId", "name"],
	additionalProperties: false,
};

interface Sample {
	subject: string;
	schemaType: SchemaType;
	schema: string;
	references?: { name: string; subject: string; version: number }[];
	metadata?: { properties: Record<string, string> };
}

const inContext = (subject: string) => `:${EXAMPLES}:${subject}`;
const toAddress = [{ name: "shop.Address", subject: inContext("shop.Address"), version: 1 }];
const owner = (name: string, description: string) => ({ properties: { owner: name, description } });

const SAMPLES: Sample[] = [
	{
		subject: "shop.Address",
		schemaType: "AVRO",
		schema: JSON.stringify(address),
		metadata: owner("logistics", "Where something is sent"),
	},
	...[order(orderFields), order([...orderFields, email]), order([...widened, email])].map((schema) => ({
		subject: "orders-value",
		schemaType: "AVRO" as const,
		schema: JSON.stringify(schema),
		references: toAddress,
		metadata: owner("checkout", "One event for each order"),
	})),
	...["", "\n  string reference = 5;"].map((extra) => ({
		subject: "payments-value",
		schemaType: "PROTOBUF" as const,
		schema: payment(extra),
		metadata: owner("billing", "Money that came in"),
	})),
	{
		subject: "customers-value",
		schemaType: "JSON",
		schema: JSON.stringify(customer),
		metadata: owner("accounts", "Who orders"),
	},
];

/** Registers the examples, in order: later ones refer to earlier ones. */
export async function registerSamples(): Promise<void> {
	for (const { subject, ...body } of SAMPLES)
		await ask(`/subjects/${segment(inContext(subject))}/versions`, { method: "POST", body });
}

/** What the editor starts from for a new subject. */
export const TEMPLATES: Record<SchemaType, string> = {
	AVRO: `{
  "type": "record",
  "name": "Event",
  "namespace": "example",
  "fields": [
    { "name": "id", "type": "long" }
  ]
}
`,
	JSON: `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Event",
  "type": "object",
  "properties": {
    "id": { "type": "integer" }
  },
  "required": ["id"]
}
`,
	PROTOBUF: `syntax = "proto3";
package example;

message Event {
  int64 id = 1;
}
`,
};
