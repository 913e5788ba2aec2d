import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'

/** A UDP port on loopback that does with each datagram what it is told. */
export async function startUdp(
  onDatagram: (datagram: Buffer, from: RemoteInfo, socket: Socket) => void,
): Promise<{ port: number; close(): void }> {
  const socket = createSocket('udp4')
  socket.on('message', (datagram, from) => onDatagram(datagram, from, socket))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { port: socket.address().port, close: () => void socket.close() }
}

/** A port where nobody takes datagrams. */
export async function closedUdpPort(): Promise<number> {
  const { port, close } = await startUdp(() => undefined)
  close()
  return port
}
