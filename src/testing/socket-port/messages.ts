import { drawsFor } from '../../game/random.ts';
import { echo } from './kit.ts';
import type { Kit, Recorded } from './kit.ts';
import { closeFrame, frame, opcodes } from './wire.ts';

const text = (value: string) => ({ text: value, isBinary: false });

export function declareMessages({ expect, holds }: Kit): void {
  holds('come as they were sent, text as text and bytes as bytes', {}, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.send('one');
    client.send('');
    client.send('\u0000 é 漢 😀 \u2028');
    client.frame(opcodes.binary, Buffer.from([0, 255, 128, 10]));
    client.frame(opcodes.binary, Buffer.alloc(0));
    client.send('last');
    await conversation.until(() => conversation.heard.length === 6);
    expect(conversation.heard).toEqual([
      text('one'),
      text(''),
      text('\u0000 é 漢 😀 \u2028'),
      { text: '\u0000\u00ff\u0080\n', isBinary: true },
      { text: '', isBinary: true },
      text('last'),
    ]);
  });

  holds('are sent as text, whole and in order', {}, async ({ meet }) => {
    const { client, conversation } = await meet();
    const sent = ['', 'é 漢 😀', 'x'.repeat(125), 'x'.repeat(126), 'y'.repeat(65_536), '{"a":1}'];
    for (const each of sent) expect(conversation.socket.send(each)).toBe('sent');
    expect(await client.take(sent.length)).toEqual(sent);
  });

  holds('keep their order, 5,000 of them in any portions', { told: echo }, async ({ meet }) => {
    const { client, conversation } = await meet();
    const draws = drawsFor(1, 'portions');
    const sent = Array.from({ length: 5000 }, (_, index) => `${index}:${'-'.repeat(draws.below(300))}`);
    const bytes = Buffer.concat(sent.map((each) => frame(opcodes.text, each)));
    for (let at = 0; at < bytes.length;) {
      const size = draws.between(1, 20_000);
      client.raw(bytes.subarray(at, at + size));
      if (draws.chance(200)) await client.flushed();
      at += size;
    }
    expect(await client.take(sent.length)).toEqual(sent);
    expect(conversation.heard.map((heard) => heard.text)).toEqual(sent);
  });

  holds('of several connections do not mix', { told: echo }, async ({ meet }) => {
    const met = [];
    for (let count = 0; count < 20; count += 1) met.push(await meet());
    await Promise.all(
      met.map(async ({ client }, index) => {
        for (let count = 0; count < 50; count += 1) client.send(`${index}/${count}`);
        const own = Array.from({ length: 50 }, (_, count) => `${index}/${count}`);
        expect(await client.take(50)).toEqual(own);
      }),
    );
  });
}

export function declarePortions({ expect, holds }: Kit): void {
  holds('may come byte by byte', { told: echo }, async ({ meet }) => {
    const { client } = await meet();
    for (const byte of frame(opcodes.text, 'slowly: é')) {
      client.raw(Buffer.from([byte]));
      await client.flushed();
    }
    expect(await client.next()).toBe('slowly: é');
  });

  holds('are put together from fragments, with control frames between', { told: echo }, async ({ meet }) => {
    const { client, conversation } = await meet();
    const bytes = Buffer.from('a fragmented é 😀 message');
    const more = { isLast: false };
    client.frame(opcodes.text, bytes.subarray(0, 14), more);
    client.frame(opcodes.ping, 'between');
    client.frame(opcodes.more, '', more);
    // The split is within a character.
    client.frame(opcodes.more, bytes.subarray(14, 18), more);
    client.frame(opcodes.more, bytes.subarray(18));
    client.frame(opcodes.binary, Buffer.from([1]), more);
    client.frame(opcodes.more, Buffer.from([2]));
    expect(await client.take(2)).toEqual([bytes.toString(), '\u0001\u0002']);
    expect(conversation.heard.map(({ isBinary }) => isBinary)).toEqual([false, true]);
    expect(await client.control()).toMatchObject({ opcode: opcodes.pong });
  });
}

export function declareFrameLimits({ expect, holds, traits }: Kit): void {
  const limit = { frameBytesMax: 5000, told: echo };
  const ends = async (conversation: Recorded) => {
    await conversation.over;
    expect(conversation.heard).toEqual([]);
  };

  holds('take a frame at the limit', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.send('x'.repeat(5000));
    client.frame(opcodes.binary, Buffer.alloc(5000));
    await conversation.until(() => conversation.heard.length === 2);
    expect(conversation.heard.map((heard) => heard.text.length)).toEqual([5000, 5000]);
  });

  for (const [kind, opcode] of [
    ['text', opcodes.text],
    ['binary', opcodes.binary],
  ] as const)
    holds(`end the connection at a ${kind} frame above it`, limit, async ({ meet }) => {
      const { client, conversation } = await meet();
      client.frame(opcode, Buffer.alloc(5001, 97));
      expect((await client.ended).code).toBe(traits.tooLongCode ?? 1006);
      await ends(conversation);
    });

  holds('count the fragments of a message together', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.frame(opcodes.text, Buffer.alloc(3000, 97), { isLast: false });
    client.frame(opcodes.more, Buffer.alloc(2001, 97), { isLast: false });
    expect((await client.ended).code).toBe(traits.tooLongCode ?? 1006);
    await ends(conversation);
  });

  holds('end the connection at the head of a frame above it, before it comes', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.raw(frame(opcodes.text, Buffer.alloc(70_000)).subarray(0, 14));
    await client.ended;
    await ends(conversation);
    const endless = await meet();
    const head = Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);
    endless.client.raw(head);
    await endless.client.ended;
    await ends(endless.conversation);
  });
}

export function declareBrokenFrames(kit: Kit): void {
  const { expect, holds, traits } = kit;
  const texts: Readonly<Record<string, Uint8Array>> = {
    'a byte that starts no character': Buffer.from([0x61, 0xff]),
    'a character that is cut': Buffer.from([0xe6, 0xbc]),
    'half of a surrogate pair': Buffer.from([0xed, 0xa0, 0x80]),
    'more bytes than the character needs': Buffer.from([0xc0, 0xaf]),
  };
  for (const [what, bytes] of Object.entries(texts)) {
    holds(`end the connection when a text holds ${what}`, {}, async ({ meet }) => {
      const { client, conversation } = await meet();
      client.send(bytes);
      expect((await client.ended).code).toBe(traits.invalidTextCode ?? 1006);
      await conversation.over;
      expect(conversation.heard).toEqual([]);
    });
  }

  const broken: Readonly<Record<string, readonly Buffer[]>> = {
    'an unknown opcode': [frame(3, 'x')],
    'an unknown control opcode': [frame(11, '')],
    'a reserved bit': [frame(opcodes.text, 'x', { reserved: 4 })],
    'a fragmented ping': [frame(opcodes.ping, 'x', { isLast: false })],
    'a ping of 126 bytes': [frame(opcodes.ping, Buffer.alloc(126))],
    'a fragment of no message': [frame(opcodes.more, 'x')],
    'a message within a message': [
      frame(opcodes.text, 'x', { isLast: false }),
      frame(opcodes.text, 'y'),
      frame(opcodes.more, 'z'),
    ],
    ...(traits.refusesUnmasked ? { 'no mask': [frame(opcodes.text, 'x', { isMasked: false })] } : {}),
  };
  for (const [what, frames] of Object.entries(broken))
    holds(`end the connection at a frame with ${what}`, {}, async ({ meet }) => {
      const { client, conversation } = await meet();
      client.send('before');
      for (const each of frames) client.raw(each);
      expect((await client.ended).code).toBe(traits.brokenFrameCode ?? 1006);
      await conversation.over;
      expect(conversation.heard).toEqual([text('before')]);
    });

  holds(
    'end the connection at a close frame with half a code, or one that none may send',
    {},
    async (served) => {
      for (const close of [frame(opcodes.close, Buffer.from([3])), closeFrame(1005), closeFrame(999)]) {
        const { client, conversation } = await served.meet();
        client.raw(close);
        await client.ended;
        await conversation.over;
      }
    },
  );
}
