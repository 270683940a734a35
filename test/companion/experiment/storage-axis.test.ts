import { shortNames } from '../../../src/companion/experiment/storage-axis';

test.each<[readonly string[], readonly string[]]>([
  [
    ['ocs-storagecluster-ceph-rbd', 'ocs-storagecluster-cephfs'],
    ['ceph-rbd', 'cephfs'],
  ],
  [['standard'], ['standard']],
  [
    ['gp2', 'gp3'],
    ['gp2', 'gp3'],
  ],
  // The last word stays, also where it is common to all.
  [
    ['a-b', 'a-b-c'],
    ['b', 'b-c'],
  ],
  [
    ['ibmc-vpc-block-10iops-tier', 'ibmc-vpc-block-5iops-tier'],
    ['class-10iops-tie', 'class-5iops-tier'],
  ],
  [
    ['Fast_SSD', 'x.y'],
    ['fast-ssd', 'x-y'],
  ],
  [
    ['very-long-class-name-one', 'very-long-class-name-two'],
    ['one', 'two'],
  ],
  [
    ['averyverylongword1', 'averyverylongword2'],
    ['averyverylongwor', 'averyverylong-2'],
  ],
])('%j -> %j', (names, short) => {
  expect(shortNames(names)).toEqual(short);
  expect(new Set(shortNames(names)).size).toBe(names.length);
});
