// Asks the browser for a passkey and posts what it answers (W3C Web Authentication 2).

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const withBytes = (list) => (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));

function optionsFor(act, options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (act === "create") {
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = withBytes(options.excludeCredentials);
  } else {
    publicKey.allowCredentials = withBytes(options.allowCredentials);
  }
  return { publicKey };
}

function answerOf(act, credential) {
  const { response } = credential;
  const common = {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
  };
  if (act === "create") {
    return {
      ...common,
      // Flask-Security keeps it as text.
      extensions: JSON.stringify(credential.getClientExtensionResults()),
      response: {
        attestationObject: text(response.attestationObject),
        clientDataJSON: text(response.clientDataJSON),
        transports: response.getTransports?.() ?? [],
      },
    };
  }
  return {
    ...common,
    response: {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

const form = document.getElementById("passkey");
const status = document.getElementById("passkey-status");

try {
  const { act, options } = form.dataset;
  const credential = await navigator.credentials[act](optionsFor(act, JSON.parse(options)));
  form.elements.credential.value = JSON.stringify(answerOf(act, credential));
  form.submit();
} catch (error) {
  status.className = "message bad";
  status.textContent =
    error.name === "NotAllowedError"
      ? "It was cancelled, or took too long. Begin again when you are ready."
      : "This browser could not use a passkey here. Try another browser, or a password.";
}
