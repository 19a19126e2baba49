// Runs @kapso/whatsapp-cloud-api against the sandbox; ends with 1 at the first thing that is not as it should be.
//
//   COBRO_WHATSAPP_API=http://127.0.0.1:7101 COBRO_WHATSAPP_TOKEN=… COBRO_WHATSAPP_PHONE_NUMBER_ID=… \
//     COBRO_WHATSAPP_WABA_ID=… COBRO_WHATSAPP_APP_SECRET=… npm ci && npm run check

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { GraphApiError, WhatsAppClient, buildTemplateSendPayload } from '@kapso/whatsapp-cloud-api';
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';

const setting = (name) =>
  process.env[`COBRO_WHATSAPP_${name}`] ?? assert.fail(`Set COBRO_WHATSAPP_${name}; the sandbox prints it when it is ready.`);
const api = setting('API');
const phoneNumberId = setting('PHONE_NUMBER_ID');
const businessAccountId = setting('WABA_ID');
const client = new WhatsAppClient({ baseUrl: api, graphVersion: 'v25.0', accessToken: setting('TOKEN') });
const ok = (what) => console.log(`ok: ${what}`);
const ana = '5215512345678';
const to = { phoneNumberId, to: ana };

async function control(method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${api}/sandbox/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  assert.ok(response.ok, `${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Returns the message as Ana sees it, once `is` likes it. */
async function onThePhone(wamid, is = () => true) {
  for (let tries = 0; tries < 200; tries++) {
    const phone = await control('GET', `customers/${ana}/phone`);
    const bubble = phone.find((bubble) => bubble.wamid === wamid);
    if (bubble && is(bubble)) return bubble;
    await pause(50);
  }
  assert.fail(`${wamid} never came to the phone`);
}

const heard = [];
const ear = createServer(async (request, response) => {
  if (request.method === 'GET') {
    return response.end(new URL(request.url, api).searchParams.get('hub.challenge'));
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const rawBody = Buffer.concat(chunks);
  const signatureHeader = request.headers['x-hub-signature-256'];
  const genuine = verifySignature({ appSecret: setting('APP_SECRET'), rawBody, signatureHeader });
  const forged = Buffer.concat([rawBody, Buffer.from(' ')]);
  heard.push({
    genuine: genuine && !verifySignature({ appSecret: setting('APP_SECRET'), rawBody: forged, signatureHeader }),
    ...normalizeWebhook(JSON.parse(rawBody.toString())),
  });
  response.end();
});
await new Promise((done) => ear.listen(0, '127.0.0.1', done));
await control('PUT', 'webhooks', { url: `http://127.0.0.1:${ear.address().port}` });

/** Returns the first webhook that `is` likes, once it came. */
async function hears(is) {
  for (let tries = 0; tries < 400; tries++) {
    const found = heard.find(is);
    if (found) return found;
    await pause(50);
  }
  assert.fail('a webhook did not come');
}

const hello = await control('POST', `customers/${ana}/messages`, { text: '¿Tienen pastel? 🎂', name: 'Ana López' });
const told = await hears((one) => one.messages.some((message) => message.id === hello.wamid));
assert.equal(told.genuine, true);
assert.equal(told.messages[0].text.body, '¿Tienen pastel? 🎂');
assert.equal(told.contacts[0].profile.name, 'Ana López');
assert.match(told.contacts[0].userId, /^MX\./);
ok('webhook signed, and read by the package');

const wamidOf = (answer) => answer.messages[0].id;
const text = wamidOf(await client.messages.sendText({ ...to, body: '¡Claro!', bizOpaqueCallbackData: 'cobro-1' }));
assert.equal((await onThePhone(text)).text, '¡Claro!');
const status = await hears((one) => one.statuses.some((status) => status.id === text && status.status === 'delivered'));
assert.equal(status.statuses[0].pricing.type, 'free_customer_service');
const reply = wamidOf(await client.messages.sendText({ ...to, body: '¿De qué sabor?', contextMessageId: hello.wamid }));
assert.equal((await onThePhone(reply)).about, hello.wamid);
ok('text, status and reply');

const buttons = wamidOf(
  await client.messages.sendInteractiveButtons({
    ...to,
    bodyText: '¿Cuál?',
    footerText: 'Pastelería',
    buttons: [
      { id: 'rosca', title: 'Rosca' },
      { id: 'pastel', title: 'Pastel' },
    ],
  }),
);
await onThePhone(buttons);
await control('POST', `customers/${ana}/tap`, { choice: 'Pastel' });
const tap = await hears((one) => one.messages.some((message) => message.interactive?.buttonReply));
assert.equal(tap.messages[0].interactive.buttonReply.id, 'pastel');
const list = wamidOf(
  await client.messages.sendInteractiveList({
    ...to,
    bodyText: '¿Cuándo?',
    buttonText: 'Ver',
    sections: [{ title: 'Días', rows: [{ id: '1', title: 'Lunes', description: 'de 9 a 2' }] }],
  }),
);
assert.equal((await onThePhone(list)).choices[0].description, 'de 9 a 2');
ok('buttons, a list, and a tap');

const template = {
  name: 'pago_kapso',
  language: 'es_MX',
  category: 'UTILITY',
  components: [
    {
      type: 'BODY',
      text: 'Hola {{1}}, tu pedido es de {{2}}. ¡Gracias!',
      example: { bodyText: [['Ana', '$450.00']] },
    },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Pagar', url: 'https://buy.test/{{1}}', example: ['https://buy.test/a'] }] },
  ],
};
const created = await client.templates.create({ businessAccountId, ...template });
await control('POST', 'templates/pago_kapso', { status: 'APPROVED' });
const listed = await client.templates.list({ businessAccountId, limit: 10 });
assert.ok(listed.data.some((one) => one.name === 'pago_kapso' && one.status === 'APPROVED'));
const filled = buildTemplateSendPayload({
  name: 'pago_kapso',
  language: 'es_MX',
  body: [
    { type: 'text', text: 'Ana' },
    { type: 'text', text: '$450.00' },
  ],
  buttons: [{ type: 'button', subType: 'url', index: 0, parameters: [{ type: 'text', text: 'xyz' }] }],
});
const sent = wamidOf(await client.messages.sendTemplate({ ...to, template: filled }));
assert.equal((await onThePhone(sent)).button.url, 'https://buy.test/xyz');
await client.templates.delete({ businessAccountId, name: 'pago_kapso' });
ok(`template ${created.id}`);

const picture = await control('POST', `customers/${ana}/messages`, { file: { sample: 'photo', caption: 'Así' } });
const bytes = Buffer.from(await client.media.download({ mediaId: picture.media_id, auth: 'always' }));
const upload = { phoneNumberId, type: 'image/jpeg', fileName: 'pastel.jpg' };
const media = await client.media.upload({ ...upload, file: new Blob([bytes], { type: 'image/jpeg' }) });
const again = Buffer.from(await client.media.download({ mediaId: media.id, auth: 'always' }));
assert.ok(bytes.equals(again));
const image = wamidOf(await client.messages.sendImage({ ...to, image: { id: media.id, caption: 'Tu pastel' } }));
assert.equal((await onThePhone(image)).file.size, bytes.length);
await client.media.delete({ mediaId: media.id });
ok(`file of ${bytes.length} bytes down and up`);

await client.messages.sendReaction({ ...to, reaction: { messageId: hello.wamid, emoji: '❤️' } });
const reacted = await onThePhone(hello.wamid, (bubble) => bubble.reactions?.length);
assert.deepEqual(reacted.reactions, [{ from: 'shop', emoji: '❤️' }]);
await client.messages.markRead({ phoneNumberId, messageId: picture.wamid, typingIndicator: { type: 'text' } });
assert.equal((await onThePhone(picture.wamid)).status, 'read');
ok('reaction, read and typing');

const stranger = new WhatsAppClient({ baseUrl: api, graphVersion: 'v25.0', accessToken: 'EAAstranger' });
await assert.rejects(stranger.messages.sendText({ ...to, body: 'x' }), (error) => error instanceof GraphApiError && error.code === 190);
await assert.rejects(
  client.messages.sendImage({ ...to, image: { id: '1' } }),
  (error) => error instanceof GraphApiError && error.code === 100,
);
ok('errors come as the package knows them');

ear.close();
