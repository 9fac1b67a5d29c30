// The codes of passes, as app/codes.py has them: an alphabet without look-alikes and a check character (MOD 29,2).
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY";
export const LENGTH = 8;

export function normalise(text) {
  return text.toUpperCase().replace(/[\s\-–·]/g, "").replaceAll("U", "V").replaceAll("Z", "2");
}

export function isPass(code) {
  if (code.length !== LENGTH) return false;
  let check = 0;
  for (const character of code) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return false;
    check = (check * 2 + value) % ALPHABET.length;
  }
  return check === 1;
}
