/** Counters and gauges for Prometheus; labels are channel and state names, never people. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Reader } from '../handlers/ports.ts';

export interface Metrics {
  readonly contentType: string;
  received(channel: string): void;
  render(): Promise<string>;
}

export function createMetrics(db: Reader): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const received = new Counter({
    name: 'yigongti_messages_received_total',
    help: 'Verified messages by channel, redeliveries included',
    labelNames: ['channel'],
    registers: [registry],
  });
  const gauge = (name: string, help: string, table: string) =>
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers: [registry],
      async collect() {
        this.reset();
        const rows: { state: string; count: string | number }[] = await db(table)
          .groupBy('state')
          .select('state')
          .count('* as count');
        for (const row of rows) this.set({ state: row.state }, Number(row.count));
      },
    });
  gauge('yigongti_inbox_messages', 'Messages by state', 'inbox');
  gauge('yigongti_deliveries', 'Deliveries by state', 'deliveries');
  gauge('yigongti_slots', 'Scheduled slots by state', 'scheduled_slots');
  return {
    contentType: registry.contentType,
    received: (channel) => received.inc({ channel }),
    render: () => registry.metrics(),
  };
}
