// Asks the door's JavaScript what the vectors ask, and prints its answers as JSON: [passes, passes by the other
// implementation of Ed25519, gates]. Run by test_door_vectors.py.
import { readFileSync } from "node:fs";
import { verifyAsync } from "@noble/ed25519";
import { decide } from "../../assets/js/door_app/gates.js";
import { fault, read } from "../../assets/js/door_app/pass.js";
import { verifier } from "../../assets/js/door_app/signatures.js";

const load = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url)));
const passes = load("../registration/pass_vectors.json");
const rules = load("rule_vectors.json");

async function check(verify) {
  const facts = { event: passes.event_id, keys: passes.public_keys, voidBelow: passes.void_below, verify };
  const answers = [];
  for (const { token, at } of passes.vectors) {
    const pass = read(token);
    answers.push(pass ? ((await fault(pass, { ...facts, at: Date.parse(at) })) ?? "good") : "damaged");
  }
  return answers;
}

const gates = rules.vectors.map(({ gate, visitor, history, at }) => {
  const passages = history.map((one) => ({ ...one, at: Date.parse(one.at) }));
  const { result, direction, firstAt } = decide(gate, visitor, passages, { at: Date.parse(at), zone: rules.zone });
  return [result, direction, firstAt ?? null];
});
const brought = (...parts) => verifyAsync(...parts).catch(() => false);
console.log(JSON.stringify([await check(await verifier()), await check(brought), gates]));
