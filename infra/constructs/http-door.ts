import { CfnOutput } from 'aws-cdk-lib'
import { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

/** Requests per second, and in one burst, that the door lets in. */
export const REQUESTS_PER_SECOND_MAX = 200
export const REQUESTS_BURST_MAX = 400

/** The HTTP API in front of the `api` function, which does all routing and authorisation itself. */
export class HttpDoor extends Construct {
  /** Where people reach it; no final `/`. */
  readonly url: string

  constructor(scope: Construct, id: string, api: IFunction) {
    super(scope, id)
    const door = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Function', api),
    })
    new HttpStage(this, 'Stage', {
      httpApi: door,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND_MAX, burstLimit: REQUESTS_BURST_MAX },
    })
    this.url = door.apiEndpoint
    new CfnOutput(this, 'Url', { value: this.url })
  }
}
