/** Commands and events as data: both ends infer their types from these, and the engine parses what enters by them. */
import * as z from 'zod';

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

type WithoutDefaults<S extends z.core.$ZodLooseShape> = {
  [K in keyof S]: z.ZodOptional<S[K] extends z.ZodDefault<infer T> ? T : S[K]>;
};

/**
 * Some fields of a thing: what is left out stays out. `.partial()` alone would put each field's default in its place, so that a change of
 * one setting would reset all others.
 */
export function someOf<S extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<S>,
): z.ZodObject<WithoutDefaults<S>> {
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [
    name,
    (field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field).optional(),
  ]);
  return z.object(Object.fromEntries(fields) as WithoutDefaults<S>);
}
