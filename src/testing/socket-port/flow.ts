import { BareSocket } from './bare-socket.ts';
import { echo, sendUntil } from './kit.ts';
import type { Kit } from './kit.ts';
import { opcodes } from './wire.ts';

const chunk = 'x'.repeat(2000);

export function declareBackpressure({ expect, holds }: Kit): void {
  const limit = { waitingBytesMax: 200_000 };

  holds('has nothing waiting while the reader reads', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    for (let count = 0; count < 1000; count += 1) {
      expect(conversation.socket.send(chunk)).toBe('sent');
      expect(conversation.socket.waitingBytes).toBe(0);
      await client.next();
    }
    expect(conversation.drains).toBe(0);
  });

  holds('says that a slow reader lets frames wait, and how many bytes', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.stopReading();
    sendUntil(conversation.socket, chunk, 'waiting');
    const { waitingBytes } = conversation.socket;
    expect(waitingBytes).toBeGreaterThan(0);
    expect(conversation.socket.send(chunk)).toBe('waiting');
    expect(conversation.socket.waitingBytes - waitingBytes).toBeGreaterThanOrEqual(2000);
    expect(conversation.socket.waitingBytes - waitingBytes).toBeLessThan(2100);
  });

  holds('drops what is sent above the limit, and keeps no more than it', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.stopReading();
    sendUntil(conversation.socket, chunk, 'dropped');
    const { waitingBytes } = conversation.socket;
    expect(waitingBytes).toBeGreaterThan(200_000);
    expect(waitingBytes).toBeLessThan(200_000 + 2100);
    for (let count = 0; count < 1000; count += 1) expect(conversation.socket.send(chunk)).toBe('dropped');
    expect(conversation.socket.waitingBytes).toBe(waitingBytes);
  });

  holds('calls drained once the reader has read, and loses nothing it took', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.stopReading();
    let taken = 0;
    while (conversation.socket.send(`${taken} ${chunk}`) !== 'dropped') taken += 1;
    expect(conversation.drains).toBe(0);
    client.goOnReading();
    await conversation.until(() => conversation.drains > 0 && conversation.socket.waitingBytes === 0);
    const heard = await client.take(taken);
    expect(heard.map((each) => Number.parseInt(each, 10))).toEqual(heard.map((_, index) => index));
    expect(conversation.socket.send('again')).toBe('sent');
    expect(await client.next()).toBe('again');
  });

  holds('sends what waits for a slow reader before the code it closes with', limit, async ({ meet }) => {
    const { client, conversation } = await meet();
    client.stopReading();
    const taken = sendUntil(conversation.socket, chunk, 'dropped');
    conversation.socket.close(4003, 'slow_reader');
    client.goOnReading();
    expect(await client.rest()).toHaveLength(taken);
    expect(await client.ended).toEqual({ code: 4003, reason: 'slow_reader' });
    await conversation.over;
    expect(conversation.late).toEqual([]);
  });

  holds('keeps no endless pongs for a reader that reads none', limit, async ({ meet, port }) => {
    const { client, conversation } = await meet();
    client.stopReading();
    for (let round = 0; round < 200 && conversation.ends === 0; round += 1) {
      for (let count = 0; count < 1000; count += 1) client.frame(opcodes.ping, Buffer.alloc(125));
      await Promise.race([client.flushed(), conversation.over]);
      expect(conversation.socket.waitingBytes).toBeLessThan(3 * limit.waitingBytesMax);
    }
    client.destroy();
    await conversation.over;
    await BareSocket.open({ port });
  });
}

export function declareSilence({ expect, holds, traits }: Kit): void {
  const { silentMsMin: silentMs } = traits;

  holds('answers a ping with its own words', {}, async ({ meet }) => {
    const { client } = await meet();
    client.frame(opcodes.ping, 'are you there?');
    const pong = await client.control();
    expect({ ...pong, data: pong.data.toString() }).toEqual({ opcode: opcodes.pong, data: 'are you there?' });
  });

  holds('is not bothered by a pong that nobody asked for', { told: echo }, async ({ meet }) => {
    const { client } = await meet();
    client.frame(opcodes.pong, 'unasked');
    client.send('still there');
    expect(await client.next()).toBe('still there');
  });

  holds(
    'cuts a peer that answers no ping, and keeps one that does',
    { silentMs, told: echo },
    async ({ meet }) => {
      const awake = await meet();
      const asleep = await meet({ isPolite: false });
      await asleep.conversation.over;
      await asleep.client.ended;
      expect(asleep.client.controls).toContain(opcodes.ping);
      awake.client.send('still there');
      expect(await awake.client.next()).toBe('still there');
      expect(awake.client.controls).toContain(opcodes.ping);
      expect(awake.conversation.ends).toBe(0);
    },
  );
}

export function declareMany({ expect, holds }: Kit): void {
  holds('keeps nothing of 2,000 connections that came and went', { told: echo }, async (served) => {
    const { meet, conversations, port } = served;
    const lanes = Array.from({ length: 50 }, async (_, lane) => {
      for (let count = 0; count < 40; count += 1) {
        const client = await BareSocket.open({ port });
        client.send(`${lane}/${count}`);
        expect(await client.next()).toBe(`${lane}/${count}`);
        if (count % 4 === 0) client.destroy();
        else if (count % 4 === 1) client.hangUp();
        else await client.close();
        await client.ended;
      }
    });
    await Promise.all(lanes);
    await Promise.all(conversations.map(({ over }) => over));
    expect(conversations).toHaveLength(2000);
    expect(conversations.filter(({ ends, late }) => ends !== 1 || late.length > 0)).toEqual([]);
    const { client } = await meet();
    client.send('still there');
    expect(await client.next()).toBe('still there');
  });
}
