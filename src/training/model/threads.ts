import { Worker } from 'node:worker_threads';
import { packagePath } from '../../shared/package-root.js';

/** The threads that work for a step of the model's training; each serves one task at a time. */
export class Threads {
  readonly #workers: Worker[] = [];

  /** @param data handed to each thread as it starts; `role` says what it does (worker.ts) */
  constructor(count: number, data: { role: string; [name: string]: unknown }) {
    for (let index = 0; index < count; index++) {
      const workerData = { ...data, thread: index };
      this.#workers.push(new Worker(packagePath('dist/training/model/worker.js'), { workerData }));
    }
  }

  /** Has a free thread do each task, in order. @param use gets the results as they come */
  async run<Task, Result>(
    tasks: readonly Task[],
    use: (result: Result, task: Task, index: number) => void,
  ): Promise<void> {
    let next = 0;
    const serve = async (worker: Worker) => {
      while (next < tasks.length) {
        const index = next++;
        const task = tasks[index] as Task;
        use(await ask<Result>(worker, task), task, index);
      }
    };
    await Promise.all(this.#workers.map(serve));
  }

  /** Has all threads do the same. */
  all<Result>(task: unknown): Promise<Result[]> {
    return Promise.all(this.#workers.map((worker) => ask<Result>(worker, task)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function ask<Result>(worker: Worker, task: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      act();
    };
    const onMessage = (result: Result) => settle(() => resolve(result));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = (code: number) => settle(() => reject(new Error(`A thread ended with code ${code}.`)));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(task);
  });
}
