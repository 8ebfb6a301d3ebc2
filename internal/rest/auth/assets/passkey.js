// Passkeys: lets the browser make or show a passkey by the options of the form, and sends its answer with the form.
// Written out for browsers without PublicKeyCredential.parseCreationOptionsFromJSON and toJSON.
"use strict";

const form = document.querySelector("form.passkey");

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (list) => (list || []).map((c) => Object.assign({}, c, { id: toBytes(c.id) }));

const complain = (text) => {
  const place = form.querySelector("[role=alert]");
  place.textContent = text;
  place.hidden = false;
};

const create = async (options) => {
  options.challenge = toBytes(options.challenge);
  options.user.id = toBytes(options.user.id);
  options.excludeCredentials = withBytes(options.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey: options });
  return {
    id: made.id, rawId: toText(made.rawId), type: made.type,
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
  };
};

const show = async (options) => {
  options.challenge = toBytes(options.challenge);
  options.allowCredentials = withBytes(options.allowCredentials);
  const shown = await navigator.credentials.get({ publicKey: options });
  return {
    id: shown.id, rawId: toText(shown.rawId), type: shown.type,
    response: {
      clientDataJSON: toText(shown.response.clientDataJSON),
      authenticatorData: toText(shown.response.authenticatorData),
      signature: toText(shown.response.signature),
      userHandle: shown.response.userHandle ? toText(shown.response.userHandle) : undefined,
    },
  };
};

if (form) {
  form.hidden = false;
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) {
    complain(form.dataset.old);
    button.disabled = true;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const options = JSON.parse(form.dataset.options).publicKey;
      form.elements.answer.value = JSON.stringify(await (form.dataset.does === "create" ? create : show)(options));
      form.submit();
    } catch (refusal) {
      complain(form.dataset.failed);
      button.disabled = false;
    }
  });
}
