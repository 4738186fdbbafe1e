// Asks for the codes of an order line: node ask-codes.mjs NAME NUMBER OFFER
//
// They are told to whoever ordered, and stored nowhere: the same line again is the same entitlement with the same codes.

import { headers as noHeaders } from "@nats-io/transport-node";

import { connect } from "./resit-events.mjs";

const LEDGER = "resit";
const [name, number, offer] = process.argv.slice(2);

const [connection] = await connect();
const headers = noHeaders();
headers.set("Idempotency-Key", `codes-of-${number}`);
const line = { order: { shop: name, number, line: 1 }, offer };
const subject = `${LEDGER}.api.purchase.${name}.issue`;
const reply = await connection.request(subject, JSON.stringify(line), { headers, timeout: 30_000 });
const answer = reply.json();
if (reply.headers.get("Resit-Status") !== "200") throw new Error(answer.detail);
console.log(JSON.stringify(answer.codes));
await connection.drain();
