// Places an order, and waits for what comes of it: node place-order.mjs NAME NUMBER OFFER

import { binary, connect, read } from "./resit-events.mjs";

const LEDGER = "resit";
const [name, number, offer] = process.argv.slice(2);

const [connection, jetstream] = await connect();
const outcomes = await jetstream.consumers.get(`${LEDGER}-outcomes`, `outcomes-${name}`);
const id = `order-${number}`;
const [headers, payload] = binary(
  { id, source: name, type: "order-placed-v1", time: new Date().toISOString() },
  { shop: name, number, lines: [{ line: 1, offer }] },
);
// Without an acknowledgement the event may or may not be there: sending the very same again is always right.
await jetstream.publish(`${LEDGER}.intake.purchase.${name}.order-placed-v1`, payload, { headers });
for (let told; told === undefined; ) {
  const message = await outcomes.next({ expires: 60_000 });
  if (message === null) throw new Error("nothing was told within a minute");
  const pairs = [...message.headers].map(([name, texts]) => [name, texts.at(-1)]);
  const [attributes, data] = read(pairs, message.data);
  message.ack();
  if (data.event.id === id) told = console.log(JSON.stringify({ type: attributes.type, ...data })) ?? data;
}
await connection.drain();
