// Ed25519 for browsers that have none of their own: a file apart, since most never fetch it.
export { verifyAsync as verify } from "@noble/ed25519";
