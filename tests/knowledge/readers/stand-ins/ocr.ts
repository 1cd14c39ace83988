/** Stands in for the text recognition: the lines of one small page, whatever the picture. */
import { readFileSync } from 'node:fs';

const line = (text: string, left: number, top: number, width: number) => ({
  text,
  mean: 0.98,
  box: [
    [left, top],
    [left + width, top],
    [left + width, top + 30],
    [left, top + 30],
  ],
});

export default {
  async create() {
    return {
      async detect(file: string) {
        if (readFileSync(file).subarray(1, 4).toString() !== 'PNG') throw new Error('no picture');
        return [
          line('甲县方案', 300, 40, 120),
          line('一、目标', 160, 120, 120),
          line('到2027年底，建成紧密型县域医共体，分级诊', 160, 170, 560),
          line('疗体系基本建成，群众就近就医。', 100, 220, 420),
        ];
      },
    };
  },
};
