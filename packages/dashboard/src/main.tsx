import './before-all.ts';
import './styles/index.css';
import { start } from './app/start.tsx';

const element = document.getElementById('root');
if (element === null) throw new Error('The page has no #root');
start(element);
