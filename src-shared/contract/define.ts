/** Commands and events as data: both ends infer their types from these, and the engine parses what enters by them. */
import type { z } from 'zod';

export interface CommandSpec<Req extends z.ZodType = z.ZodType, Res extends z.ZodType = z.ZodType> {
  readonly request: Req;
  readonly response: Res;
}
export interface EventSpec<P extends z.ZodType = z.ZodType> {
  readonly payload: P;
}

export function command<Req extends z.ZodType, Res extends z.ZodType>(
  request: Req,
  response: Res,
): CommandSpec<Req, Res> {
  return { request, response };
}
export function event<P extends z.ZodType>(payload: P): EventSpec<P> {
  return { payload };
}

export type Request<C> = C extends CommandSpec<infer Req> ? z.input<Req> : never;
export type ParsedRequest<C> = C extends CommandSpec<infer Req> ? z.output<Req> : never;
export type Response<C> = C extends CommandSpec<z.ZodType, infer Res> ? z.output<Res> : never;
export type Payload<E> = E extends EventSpec<infer P> ? z.output<P> : never;
