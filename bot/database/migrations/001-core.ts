/** The tables every feature stands on: regions, people, the way of a message, audit, slots, settings. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  // --- who and where: the owner scope of every domain row is a region or an institution of these
  await db.schema.createTable('regions', (t) => {
    t.text('id').primary();
    t.text('name').notNullable();
    t.text('short_name').notNullable();
    t.text('level').notNullable(); // province | city | county
    t.text('parent_id').references('regions.id');
    t.text('created_at').notNullable();
  });
  await db.schema.createTable('alliances', (t) => {
    t.text('id').primary();
    t.text('name').notNullable();
    t.text('region_id').notNullable().references('regions.id');
    t.boolean('demo').notNullable().defaultTo(false);
  });
  await db.schema.createTable('institutions', (t) => {
    t.text('id').primary();
    t.text('name').notNullable();
    t.text('short_name').notNullable();
    t.text('kind').notNullable(); // handlers/people.ts INSTITUTION_KINDS
    t.text('region_id').notNullable().references('regions.id');
    t.boolean('small_population').notNullable().defaultTo(false);
    t.boolean('demo').notNullable().defaultTo(false);
    t.unique(['region_id', 'name']);
  });
  await db.schema.createTable('institution_aliases', (t) => {
    t.text('institution_id').notNullable().references('institutions.id');
    t.text('alias').notNullable();
    t.primary(['institution_id', 'alias']);
  });
  await db.schema.createTable('alliance_members', (t) => {
    t.text('alliance_id').notNullable().references('alliances.id');
    t.text('institution_id').notNullable().references('institutions.id');
    t.text('part').notNullable(); // lead | member | cooperating
    t.primary(['alliance_id', 'institution_id']);
    t.index(['institution_id']);
  });
  await db.schema.createTable('staff', (t) => {
    t.text('id').primary();
    t.text('name').notNullable();
    t.text('institution_id').notNullable().references('institutions.id');
    t.boolean('duty').notNullable().defaultTo(false);
    t.text('phone_sealed');
    t.text('status').notNullable().defaultTo('active'); // active | disabled | left
    t.boolean('demo').notNullable().defaultTo(false);
    t.integer('version').notNullable().defaultTo(1);
    t.text('created_at').notNullable();
    t.index(['institution_id']);
  });
  await db.schema.createTable('staff_roles', (t) => {
    t.text('staff_id').notNullable().references('staff.id');
    t.text('role').notNullable();
    t.primary(['staff_id', 'role']);
    t.index(['role']);
  });
  // A platform account of a person; `priority` orders the person's preferred routes, lowest first.
  await db.schema.createTable('accounts', (t) => {
    t.text('id').primary();
    t.text('staff_id').notNullable().references('staff.id');
    t.text('channel').notNullable();
    t.text('tenant').notNullable();
    t.text('platform_user_id').notNullable(); // as the platform writes it: sent back in this case
    t.text('platform_user_key').notNullable(); // lower case: WeCom ids are unique case-insensitively
    t.integer('priority').notNullable().defaultTo(100);
    t.text('created_at').notNullable();
    t.unique(['channel', 'tenant', 'platform_user_key']);
    t.index(['staff_id']);
  });
  // Who was seen on a platform without a staff record: told once how to be bound.
  await db.schema.createTable('binding_codes', (t) => {
    t.text('code_fingerprint').primary();
    t.text('staff_id').references('staff.id'); // null: makes its user the first administrator
    t.text('purpose').notNullable(); // invitation | first-admin
    t.text('expires_at').notNullable();
    t.text('used_at');
    t.integer('version').notNullable().defaultTo(1);
  });
  await db.schema.createTable('groups', (t) => {
    t.text('id').primary();
    t.text('channel').notNullable();
    t.text('tenant').notNullable();
    t.text('platform_conversation_id').notNullable();
    t.text('title').notNullable();
    t.text('region_id').references('regions.id');
    t.text('institution_id').references('institutions.id');
    t.text('alliance_id').references('alliances.id');
    t.text('purpose').notNullable().defaultTo('general'); // general | referral | shortage | management
    t.boolean('digest').notNullable().defaultTo(false);
    t.boolean('demo').notNullable().defaultTo(false);
    t.unique(['channel', 'tenant', 'platform_conversation_id']);
  });
  await db.schema.createTable('group_members', (t) => {
    t.text('group_id').notNullable().references('groups.id');
    t.text('staff_id').notNullable().references('staff.id');
    t.primary(['group_id', 'staff_id']);
  });

  // --- the way of a message
  await db.schema.createTable('inbox', (t) => {
    t.text('id').primary();
    t.text('channel').notNullable();
    t.text('tenant').notNullable();
    t.text('message_id').notNullable();
    // Same sender, conversation, text and platform creation time under a new id is the same message; null without a time.
    t.text('content_fingerprint').unique();
    t.text('conversation_key').notNullable();
    t.text('body_sealed'); // emptied after the retention
    t.text('received_at').notNullable();
    t.text('state').notNullable(); // received | handled | failed
    t.integer('attempts').notNullable().defaultTo(0);
    t.text('handled_at');
    t.text('incident');
    t.unique(['channel', 'tenant', 'message_id']);
    t.index(['state', 'conversation_key', 'id']);
  });
  // Order within a conversation: whoever holds the unexpired lease handles its next message.
  await db.schema.createTable('conversation_leases', (t) => {
    t.text('conversation_key').primary();
    t.text('owner');
    t.text('expires_at').notNullable(); // by the machine's own clock: it measures whether a process lives
  });
  await db.schema.createTable('conversations', (t) => {
    t.text('conversation_key').primary();
    t.text('memory_sealed').notNullable();
    t.text('updated_at').notNullable();
    t.text('expires_at').notNullable();
  });
  await db.schema.createTable('drafts', (t) => {
    t.text('id').primary();
    t.text('staff_id').notNullable().references('staff.id');
    t.text('kind').notNullable();
    t.text('data_sealed').notNullable();
    t.integer('version').notNullable().defaultTo(1);
    t.text('updated_at').notNullable();
    t.text('expires_at').notNullable();
    t.unique(['staff_id', 'kind']);
  });
  await db.schema.createTable('outbox', (t) => {
    t.text('id').primary();
    t.bigInteger('n').notNullable().unique(); // grows in commit order
    t.text('inbox_id').references('inbox.id');
    t.text('slot_id');
    t.integer('position').notNullable(); // order within its decision
    t.text('target_kind').notNullable(); // direct | group
    t.text('target_id').notNullable(); // conversation id, or direct:<staff id>
    t.text('target_channel').notNullable();
    t.text('staff_id'); // whom it is for, where it is for a person
    t.text('blocks_sealed'); // emptied after the retention
    t.boolean('confidential').notNullable().defaultTo(false);
    t.text('created_at').notNullable();
    t.index(['inbox_id']);
  });
  await db.schema.createTable('deliveries', (t) => {
    t.text('id').primary();
    t.text('outbox_id').notNullable().references('outbox.id');
    t.bigInteger('n').notNullable();
    t.text('channel').notNullable();
    t.text('tenant').notNullable();
    t.text('address').notNullable(); // JSON, what the channel needs to reach the target
    t.text('address_key').notNullable(); // deliveries of one address go out in order
    t.text('state').notNullable(); // pending | passive | sent | dead
    t.integer('parts_sent').notNullable().defaultTo(0);
    t.integer('attempts').notNullable().defaultTo(0);
    t.text('next_at').notNullable();
    t.text('owner');
    t.text('lease_until');
    t.text('sent_at');
    t.text('reason'); // of the last failure: auth, rate-limited, …
    t.text('passive_sealed'); // the passive reply as it was given, for redeliveries
    t.index(['state', 'next_at']);
    t.index(['address_key', 'state']);
    t.index(['outbox_id']);
  });
  await db.schema.createTable('counters', (t) => {
    t.text('name').primary(); // outbox, referral:2026-11-21, shortage:2026-11-21
    t.bigInteger('value').notNullable();
  });

  // --- audit: append-only; a job seals it into a hash chain in id order
  await db.schema.createTable('audit', (t) => {
    t.text('id').primary();
    t.text('at').notNullable();
    t.text('actor_id');
    t.text('institution_id');
    t.text('channel');
    t.text('action').notNullable();
    t.text('object_type').notNullable();
    t.text('object_id').notNullable();
    t.text('details').notNullable();
    t.bigInteger('sealed_n').unique();
    t.text('previous_hash');
    t.text('hash');
    t.index(['object_type', 'object_id']);
  });

  // --- what falls due: scheduled runs and one-off timers
  await db.schema.createTable('scheduled_slots', (t) => {
    t.text('id').primary();
    t.text('job').notNullable();
    t.text('due_at').notNullable();
    t.text('data').notNullable(); // JSON, ids only
    t.text('state').notNullable(); // pending | done | skipped | failed
    t.text('reason'); // of a skip: downtime, holiday, …
    t.integer('attempts').notNullable().defaultTo(0);
    t.text('owner');
    t.text('lease_until');
    t.text('finished_at');
    t.text('created_at').notNullable();
    t.unique(['job', 'due_at', 'data']);
    t.index(['state', 'due_at']);
  });
  await db.schema.createTable('schedule_marks', (t) => {
    t.text('schedule').primary();
    t.text('planned_until').notNullable();
    t.integer('version').notNullable().defaultTo(1);
  });
  await db.schema.createTable('settings', (t) => {
    t.text('key').notNullable();
    t.text('scope').notNullable(); // all | region:<id> | institution:<id>
    t.text('value').notNullable(); // JSON
    t.text('updated_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
    t.primary(['key', 'scope']);
  });

  // Nobody changes what the audit says; sealing fills the chain's columns once.
  if (db.client.config.client === 'pg') {
    await db.raw(`create function audit_append_only() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' and old.hash is null and new.id = old.id and new.at = old.at and new.action = old.action
           and new.object_type = old.object_type and new.object_id = old.object_id and new.details = old.details
           and new.actor_id is not distinct from old.actor_id
           and new.institution_id is not distinct from old.institution_id
           and new.channel is not distinct from old.channel then
          return new;
        end if;
        raise exception 'audit is append-only';
      end $$`);
    await db.raw(`create trigger audit_append_only before update or delete on audit
      for each row execute function audit_append_only()`);
  } else {
    await db.raw(`create trigger audit_no_delete before delete on audit
      begin select raise(abort, 'audit is append-only'); end`);
    await db.raw(`create trigger audit_no_update before update on audit
      when old.hash is not null or new.id is not old.id or new.at is not old.at or new.action is not old.action
        or new.object_type is not old.object_type or new.object_id is not old.object_id
        or new.details is not old.details or new.actor_id is not old.actor_id
        or new.institution_id is not old.institution_id or new.channel is not old.channel
      begin select raise(abort, 'audit is append-only'); end`);
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
