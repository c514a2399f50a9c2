// Solves the form's challenge when its button is pressed: a counter whose PBKDF2 key begins as asked.
// The form works without this too; it is then answered later. Nothing here talks to anybody.
"use strict";
(() => {
  const box = document.getElementById("proof-of-work");
  if (!box || !window.crypto || !crypto.subtle) return;
  const form = box.closest("form");
  const field = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  const challenge = JSON.parse(box.dataset.challenge);
  const asked = challenge.parameters;

  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (buffer) =>
    Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function derive(counter) {
    const nonce = bytes(asked.nonce);
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(asked.salt), iterations: asked.cost };
    return hex(await crypto.subtle.deriveBits(how, key, asked.keyLength * 8));
  }

  async function solve() {
    for (let counter = 0; ; counter += 1) {
      const derivedKey = await derive(counter);
      if (derivedKey.startsWith(asked.keyPrefix)) return { counter, derivedKey };
    }
  }

  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    form.querySelector("button[type=submit]").disabled = true;
    status.textContent = status.dataset.working;
    const solution = await solve();
    field.value = btoa(JSON.stringify({ challenge, solution }));
    form.submit();
  });
})();
