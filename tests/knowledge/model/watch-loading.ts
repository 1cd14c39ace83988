/** Preloaded into a process: says on stderr when the first module of LangChain is loaded. */
import { registerHooks } from 'node:module';

let said = false;
registerHooks({
  load(url, context, next) {
    if (!said && /\/(?:langchain|@langchain|langsmith|openai)\//.test(url)) {
      said = true;
      process.stderr.write('LANGCHAIN LOADED\n');
    }
    return next(url, context);
  },
});
