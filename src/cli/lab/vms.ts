import { EXIT } from '../../errors';
import { booting, restart, standingOf, takeDown } from '../../lab/lab';
import type { Args, Context } from '../context';
import type { Verb } from '../verb';
import { chosen } from './chosen';
import { folderOf, LAB_DIR, sameLab } from './places';
import { EMPTY, listed, OUTPUT } from './show';

export const status: Verb = {
  name: 'status',
  describe: 'the VMs of the lab, and what each says of its units',
  flags: { 'lab-dir': LAB_DIR, output: OUTPUT },
  options: [],
  run: runStatus,
};

export const again: Verb = {
  name: 'restart',
  describe: 'start VMs again on a fresh root disk, with their data disks as they were',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  run: runRestart,
};

export const down: Verb = {
  name: 'down',
  describe: 'stop VMs, all of them unless some are named, and remove their disks',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  run: runDown,
};

async function runStatus(args: Args, context: Context): Promise<number> {
  const standings = await Promise.all(folderOf(args, context).list().map(standingOf));
  if (args.output === 'json') {
    context.out(`${JSON.stringify({ vms: standings.map(({ vm, state, health }) => ({ ...vm, state, health })) }, null, 2)}\n`);
  } else context.out(standings.length === 0 ? EMPTY : listed(standings, sameLab(args)));
  return EXIT.done;
}

async function runRestart(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = await restart(folder, chosen(folder, args));
  context.out(vms.length === 0 ? EMPTY : listed(vms.map(booting), sameLab(args)));
  return EXIT.done;
}

async function runDown(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = chosen(folder, args).map(({ name }) => name);
  await takeDown(folder, vms);
  context.out(vms.length === 0 ? EMPTY : vms.map((name) => `${name} is gone\n`).join(''));
  return EXIT.done;
}
