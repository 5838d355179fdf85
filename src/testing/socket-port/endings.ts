import { echo, sendUntil, serve } from './kit.ts';
import type { Kit, Met, Served } from './kit.ts';
import { closeFrame, frame, opcodes } from './wire.ts';

/** The ways in which a connection may end, by name. */
const ways: Readonly<Record<string, (met: Met, served: Served) => unknown>> = {
  'its client closes': ({ client }) => client.close(1000, 'bye'),
  'its client closes without a code': ({ client }) => client.frame(opcodes.close, ''),
  'its client hangs up without a word': ({ client }) => client.hangUp(),
  'its client breaks the connection': ({ client }) => client.destroy(),
  'its client sends, closes and breaks at once': ({ client }) => {
    client.raw(Buffer.concat([frame(opcodes.text, 'last'), closeFrame(1000)]));
    client.destroy();
  },
  'its client breaks the framing': ({ client }) => client.frame(3, 'x'),
  'its client breaks off in the middle of a frame': ({ client }) => {
    client.raw(frame(opcodes.text, 'never whole').subarray(0, 9));
    client.hangUp();
  },
  'its frame is too long': ({ client }) => client.send('x'.repeat(200_000)),
  'its text is no UTF-8': ({ client }) => client.send(Buffer.from([0xff])),
  'the server closes it': ({ conversation }) => conversation.socket.close(4000, 'enough'),
  'both close it at once': ({ client, conversation }) => {
    client.raw(closeFrame(1000));
    conversation.socket.close(4000, 'enough');
  },
  'the server closes it twice': ({ conversation }) => {
    conversation.socket.close(4000, 'enough');
    conversation.socket.close(4001, 'again');
  },
  'the server closes it and its client breaks off': ({ client, conversation }) => {
    conversation.socket.close(4000, 'enough');
    client.destroy();
  },
  'the server ends': (_, { listening }) => listening.close(1012, 'restart'),
};

export function declareEndings({ expect, holds, it, adapter }: Kit): void {
  for (const [way, end] of Object.entries(ways))
    holds(`is told once when ${way}, and nothing after it`, { told: echo }, async (served) => {
      const { client, conversation } = await served.meet();
      client.send('hello');
      await client.next();
      await end({ client, conversation }, served);
      await conversation.over;
      await client.ended;
      expect(useless(conversation.socket)).toEqual(['dropped', 0]);
      // Late calls would come before another connection has opened and closed.
      if (way !== 'the server ends') await (await served.meet()).client.close();
      expect({ ends: conversation.ends, late: conversation.late }).toEqual({ ends: 1, late: [] });
    });

  holds('comes with the code and the reason of the server', {}, async ({ meet }) => {
    const { client, conversation } = await meet();
    conversation.socket.close(4003, 'slow_reader');
    expect(await client.ended).toEqual({ code: 4003, reason: 'slow_reader' });
  });

  holds('comes after what was sent before', {}, async ({ meet }) => {
    const { client, conversation } = await meet();
    for (let count = 0; count < 100; count += 1) conversation.socket.send(`${count} ${'x'.repeat(1000)}`);
    conversation.socket.close(4001, 'taken_over');
    expect(await client.rest()).toHaveLength(100);
    expect(await client.ended).toEqual({ code: 4001, reason: 'taken_over' });
  });

  holds('lets nothing be sent once the server closed', {}, async ({ meet }) => {
    const { client, conversation } = await meet();
    conversation.socket.close(1000, 'bye');
    expect(useless(conversation.socket)[0]).toBe('dropped');
    expect(await client.rest()).toEqual([]);
  });

  it('lets the conversation close from within its own calls', async () => {
    const within = { message: 'message', opening: 'opening' };
    const served = await serve(adapter, {
      told: ({ socket }) => {
        socket.close(4000, within.message);
        socket.send('too late');
      },
    });
    const { client, conversation } = await served.meet();
    client.raw(Buffer.concat([frame(opcodes.text, 'one'), frame(opcodes.text, 'two')]));
    expect(await client.ended).toEqual({ code: 4000, reason: 'message' });
    await conversation.over;
    expect(conversation.heard.map(({ text }) => text)).toEqual(['one']);
    await served.listening.close(1012, 'restart');
  });

  holds('calls with no message once the server closed', {}, async ({ meet }) => {
    const { client, conversation } = await meet({ isPolite: false });
    conversation.socket.close(4004, 'rate_limited');
    for (let count = 0; count < 100; count += 1) client.send('and another one');
    // Adapters that wait for the closing handshake end the connection only now.
    client.raw(closeFrame(4004));
    client.hangUp();
    await conversation.over;
    expect(conversation.heard).toEqual([]);
    expect(conversation.late).toEqual([]);
  });
}

/** Uses a socket that is over. Returns the results. */
function useless(socket: {
  send(text: string): string;
  waitingBytes: number;
  close(code: number, reason: string): void;
}) {
  const sent = socket.send('nobody hears');
  socket.close(4000, 'nobody cares');
  return [sent, socket.waitingBytes];
}

export function declareServerClose({ expect, it, adapter }: Kit): void {
  it('tells every client the code and the reason, and resolves when all are gone', async () => {
    const served = await serve(adapter);
    const met = [];
    for (let count = 0; count < 50; count += 1) met.push(await served.meet());
    await served.listening.close(1012, 'restart');
    expect(served.conversations.map(({ ends }) => ends)).toEqual(met.map(() => 1));
    for (const { client } of met) expect(await client.ended).toEqual({ code: 1012, reason: 'restart' });
  });

  it('resolves without any connection, after stopAccepting, and twice', async () => {
    const served = await serve(adapter);
    served.listening.stopAccepting();
    await served.listening.close(1012, 'restart');
    await served.listening.close(1012, 'restart');
  });

  it('resolves though a client never answers the closing handshake', async () => {
    const served = await serve(adapter);
    const { client, conversation } = await served.meet({ isPolite: false });
    await served.listening.close(1012, 'restart');
    expect(conversation.ends).toBe(1);
    expect(await client.control()).toMatchObject({ opcode: opcodes.close });
    client.destroy();
  });

  it('resolves though a client reads nothing of what waits for it', async () => {
    const served = await serve(adapter);
    const { client, conversation } = await served.meet();
    client.stopReading();
    sendUntil(conversation.socket, 'x'.repeat(10_000), 'dropped');
    await served.listening.close(1012, 'restart');
    expect(conversation.ends).toBe(1);
    client.destroy();
    await client.ended;
  });
}
