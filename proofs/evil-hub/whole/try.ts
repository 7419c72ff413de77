import { playWhole } from './run.ts';
const t=performance.now();
const o = await playWhole({seed: Number(process.argv[3]??1), orders: Number(process.argv[2]), onPart: (s)=>console.log(Math.round((performance.now()-t)/1000), s.sent, s.agentStarts, s.violations.length, s.ran.size)});
console.log(JSON.stringify({...o, ran: [...o.ran].length},null,1));
